// What the visitor agreed to, word for word, and the way to change it: one click here, as it was one tick before.
import type { ClauseView, ConsentView } from "@protocol";
import { useEffect, useRef, useState } from "preact/hooks";
import { _, formatDateTime } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { arrowLeftIcon, downloadIcon, externalLinkIcon, logOutIcon } from "../../shared/icons.ts";
import { useStore } from "../../shared/use_store.ts";
import { isOutOfReach } from "../asking.ts";
import { useSession } from "../context.ts";
import { focusQuietly } from "../focus.ts";
import { renderedTexts } from "../rendered.ts";
import { saveFile } from "../save.ts";
import { transcriptJson, transcriptText } from "../transcript.ts";
import { explainChange } from "../words.ts";
import { PurposeCard } from "./purpose_card.tsx";
import { ReceiptButton } from "./receipt_button.tsx";
import { RightsSection } from "./rights_section.tsx";

export function PrivacyView() {
  const session = useSession();
  const { consent, notice, receipt, changeProblem, changing, ended } = useStore(session.store);
  const root = useRef<HTMLDivElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const [done, setDone] = useState("");

  useEffect(() => {
    focusQuietly(heading.current);
    void session.consent.loadNotice();
    void session.consent.loadReceipt();
  }, []);

  const give = async (purpose: string) => {
    if (!notice || !root.current) return;
    const isGiven = await session.consent.decide({ [purpose]: true }, notice, renderedTexts(root.current));
    if (isGiven) setDone(_("Saved. You agreed."));
    // A display token is good for one decision.
    void session.consent.loadNotice();
  };
  const withdraw = async (purpose: string) => {
    if (await session.consent.decide({ [purpose]: false })) setDone(_("Saved. You withdrew your agreement."));
  };

  return (
    <div ref={root} class="privacy">
      <div class="privacy-head">
        <button class="icon-button" type="button" aria-label={_("Back to the chat")} onClick={() => session.show("chat")}>
          <Icon path={arrowLeftIcon} flips />
        </button>
        <h2 ref={heading} tabIndex={-1}>
          {_("What you agreed to")}
        </h2>
      </div>
      <div class="privacy-body">
        <div role="status">
          {changeProblem ? (
            <p class="callout callout-warning">{explainChange(changeProblem)}</p>
          ) : (
            done && <p class="callout callout-success">{done}</p>
          )}
        </div>
        {consent && <Decided consent={consent} />}
        {consent && notice ? (
          notice.notice.clauses.map((clause: ClauseView) => (
            <PurposeCard
              key={clause.purpose}
              clause={clause}
              locale={notice.notice.locale.replace("_", "-")}
              fullText={{ url: notice.notice.full_text_url, label: notice.notice.full_text_label }}
              isGiven={consent.choices[clause.purpose] === true}
              isOutOfReach={isOutOfReach(clause, consent.minor ?? null)}
              isNewText={consent.notice_sha256 !== notice.notice.sha256}
              isBusy={changing}
              onGive={() => void give(clause.purpose)}
              onWithdraw={() => void withdraw(clause.purpose)}
            />
          ))
        ) : (
          <div class="skeleton skeleton-block" />
        )}
        <MyCopy consent={consent} receipt={receipt} />
        <RightsSection>{ended === null && <EndChat />}</RightsSection>
      </div>
    </div>
  );
}

function Decided({ consent }: { consent: ConsentView }) {
  return (
    <p class="hint">
      {_("Decided {when}, version {version} of the text.", {
        when: formatDateTime(consent.changed_at),
        version: consent.notice_version,
      })}
    </p>
  );
}

function MyCopy({ consent, receipt }: { consent: ConsentView | null; receipt: Record<string, unknown> | null }) {
  const { isDeviceBlocked } = useStore(useSession().store);
  return (
    <section class="my-copy">
      <h3>{_("Your copy")}</h3>
      <div class="actions">
        {receipt && <ReceiptButton receipt={receipt} look="action" />}
        <SaveChat />
        {typeof receipt?.["token"] === "string" && (
          // The token stands behind the "#": browsers do not send it, and the page takes it out of the address at once.
          <PageLink
            url={`/receipt#${receipt["token"]}`}
            text={_("Your receipt as a page, to print and to use your rights without this chat")}
          />
        )}
        {consent && <PageLink url={`/notices/${consent.notice_sha256}`} text={_("The exact text that you agreed to")} />}
      </div>
      <p class="hint">
        {isDeviceBlocked
          ? _("Your browser does not let the chat keep anything. It lasts as long as this page is open.")
          : _("This browser keeps one entry for the chat: a key to this conversation and your unsent text.")}
      </p>
    </section>
  );
}

function PageLink({ url, text }: { url: string; text: string }) {
  return (
    <a class="action" href={url} target="_blank" rel="noopener">
      <Icon path={externalLinkIcon} size={18} flips />
      {text}
    </a>
  );
}

/** Made in this browser from what is on the screen: no request, no waiting. */
function SaveChat() {
  const { messages, site } = useStore(useSession().store);
  if (messages.length === 0) return null;
  const shop = site?.name ?? _("The shop");
  const asText = () => {
    const words = { title: _("Chat with {shop}", { shop }), you: _("You"), shop, at: formatDateTime };
    saveFile("chat.txt", "text/plain;charset=utf-8", transcriptText(messages, words));
  };
  const asJson = () => saveFile("chat.json", "application/json", transcriptJson(shop, messages));
  return (
    <>
      <button class="action" type="button" onClick={asText}>
        <Icon path={downloadIcon} size={18} />
        {_("Save chat as text")}
      </button>
      <button class="action" type="button" onClick={asJson}>
        <Icon path={downloadIcon} size={18} />
        {_("As data (JSON)")}
      </button>
    </>
  );
}

function EndChat() {
  const session = useSession();
  const [isLost, setIsLost] = useState(false);
  const end = async () => {
    if (await session.aside.endChat()) session.show("chat");
    else setIsLost(true);
  };
  return (
    <>
      <button class="action" type="button" onClick={() => void end()}>
        <Icon path={logOutIcon} size={18} flips />
        {_("End this chat")}
      </button>
      <p role="status" class="hint action-status">
        {isLost && _("No connection, so nothing happened. Please try again.")}
      </p>
    </>
  );
}

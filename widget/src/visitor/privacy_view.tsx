// What the visitor agreed to, word for word, and the way to change it: one click here, as it was one tick before.
import type { ClauseView, ConsentView } from "@protocol";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icon.tsx";
import { _, formatDateTime } from "../shared/i18n.ts";
import { arrowLeftIcon } from "../shared/icons.ts";
import { useStore } from "../shared/use_store.ts";
import { useSession } from "./context.ts";
import { focusQuietly } from "./focus.ts";
import { PurposeCard } from "./purpose_card.tsx";
import { ReceiptButton } from "./receipt_button.tsx";
import { renderedTexts } from "./rendered.ts";
import { explainChange } from "./words.ts";

export function PrivacyView() {
  const session = useSession();
  const { consent, notice, receipt, changeProblem, changing } = useStore(session.store);
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
      {receipt && <ReceiptButton receipt={receipt} />}
      {consent && (
        <a href={`/notices/${consent.notice_sha256}`} target="_blank" rel="noopener">
          {_("The exact text that you agreed to")}
        </a>
      )}
      <p class="hint">
        {isDeviceBlocked
          ? _("Your browser does not let the chat keep anything. It lasts as long as this page is open.")
          : _("This browser keeps one entry for the chat: a key to this conversation and your unsent text.")}
      </p>
    </section>
  );
}

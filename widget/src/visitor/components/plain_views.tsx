// The views without a conversation: starting, refused, withdrawn, no chat here.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { _ } from "../../shared/i18n.ts";
import { useStore } from "../../shared/use_store.ts";
import { useSession } from "../context.ts";
import { focusQuietly } from "../focus.ts";
import { explainProblem } from "../words.ts";
import { Channels } from "./channels.tsx";
import { ReceiptButton } from "./receipt_button.tsx";

/** Grey shapes of the notice; they appear only when it takes more than a moment. */
export function StartingView() {
  return (
    <div class="plain" aria-busy="true">
      <p class="visually-hidden">{_("The chat is loading.")}</p>
      <div class="skeleton skeleton-title" />
      <div class="skeleton skeleton-block" />
      <div class="skeleton skeleton-block" />
    </div>
  );
}

export function RefusedView() {
  const session = useSession();
  const { site } = useStore(session.store);
  const channels = site?.channels ?? [];
  return (
    <Plain title={_("That is fine.")}>
      <p>{_("Nothing was stored, and we do not ask again on this page.")}</p>
      {channels.length > 0 && <p>{_("You can reach us in other ways:")}</p>}
      <Channels channels={channels} />
      <button class="button" type="button" onClick={() => void session.notices.show("first")}>
        {_("Back to the choice")}
      </button>
    </Plain>
  );
}

export function WithdrawnView() {
  const session = useSession();
  const { site, receipt, draft, ended } = useStore(session.store);
  return (
    <Plain title={endTitle(ended)}>
      <p>{_("The chat has ended. This browser keeps nothing of it.")}</p>
      {draft && <Unsent text={draft} />}
      {receipt && <ReceiptButton receipt={receipt} />}
      <Channels channels={site?.channels ?? []} />
      <button class="button" type="button" onClick={() => void session.notices.show("ended")}>
        {_("Start a new chat")}
      </button>
    </Plain>
  );
}

function endTitle(ended: string | null): string {
  if (ended === "erased") return _("This chat was erased.");
  if (ended === "consent_expired") return _("Your agreement has run out.");
  return _("You withdrew your agreement.");
}

export function ProblemView({ code }: { code: string }) {
  const session = useSession();
  const { site } = useStore(session.store);
  const { title, text, canRetry } = explainProblem(code);
  return (
    <Plain title={title}>
      <p>{text}</p>
      {canRetry && (
        <button class="button button-accent" type="button" onClick={() => void session.notices.show("first")}>
          {_("Try again")}
        </button>
      )}
      <Channels channels={site?.channels ?? []} />
    </Plain>
  );
}

function Unsent({ text }: { text: string }) {
  return (
    <figure class="kept-text">
      <figcaption>{_("What you had not sent yet:")}</figcaption>
      <p dir="auto">{text}</p>
    </figure>
  );
}

function Plain({ title, children }: { title: string; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => focusQuietly(heading.current), []);
  return (
    <div class="plain">
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {children}
    </div>
  );
}

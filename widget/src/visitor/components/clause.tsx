// One clause: a real check box whose label is the exact text, and its links below.
import type { ClauseView } from "@protocol";
import { _ } from "../../shared/i18n.ts";

interface ClauseProps {
  clause: ClauseView;
  fullText: { url: string; label: string };
  locale: string;
  isTicked: boolean;
  isMissing: boolean;
  isOutOfReach: boolean;
  onTick: (given: boolean) => void;
}

export function Clause({ clause, fullText, locale, isTicked, isMissing, isOutOfReach, onTick }: ClauseProps) {
  const id = `clause-${clause.purpose}`;
  return (
    <li class={isMissing ? "clause clause-missing" : "clause"}>
      <p id={`${id}-need`} class="clause-need">
        {isOutOfReach ? _("Not for somebody of your age") : clause.required ? _("Needed for the chat") : _("Optional")}
      </p>
      <label class="clause-label" for={id}>
        <input
          id={id}
          class="checkbox"
          type="checkbox"
          checked={isTicked}
          disabled={isOutOfReach}
          aria-describedby={isMissing ? `${id}-need ${id}-problem` : `${id}-need`}
          aria-invalid={isMissing}
          onChange={(event) => onTick(event.currentTarget.checked)}
        />
        <ClauseText text={clause.text} locale={locale} />
      </label>
      <div class="clause-links">
        <ClauseLinks clause={clause} fullText={fullText} locale={locale} />
      </div>
      {isMissing && (
        <p id={`${id}-problem`} class="clause-problem">
          {_("The chat can only start with your agreement here. Without it, choose “No, thanks”.")}
        </p>
      )}
    </li>
  );
}

/** The text as served, and nothing else in this element: its hash proves what was shown. */
export function ClauseText({ text, locale }: { text: string; locale: string }) {
  return (
    <span class="clause-text" lang={locale} dir="auto" data-clause-text>
      {text}
    </span>
  );
}

interface ClauseLinksProps {
  clause: ClauseView;
  fullText: { url: string; label: string };
  locale: string;
}

/** The full clause, and what else the notice links for it (the policy), in the notice's language. */
export function ClauseLinks({ clause, fullText, locale }: ClauseLinksProps) {
  const links = new Map([
    [fullText.url, fullText.label],
    [clause.link_url, clause.link_label],
  ]);
  return [...links].map(([url, label]) => (
    <a key={url} href={url} lang={locale} target="_blank" rel="noopener">
      {label}
    </a>
  ));
}

// One purpose: its state, its exact text, and one button to change it.
import type { ClauseView } from "@protocol";
import { _ } from "../../shared/i18n.ts";
import { purposeTitle } from "../words.ts";
import { ClauseLinks, ClauseText } from "./clause.tsx";

interface PurposeCardProps {
  clause: ClauseView;
  fullText: { url: string; label: string };
  locale: string;
  isGiven: boolean;
  /** The text is newer than the one that was agreed to; that one is linked below. */
  isNewText: boolean;
  isBusy: boolean;
  /** Not for somebody under the age of consent. */
  isOutOfReach: boolean;
  onGive: () => void;
  onWithdraw: () => void;
}

export function PurposeCard(props: PurposeCardProps) {
  const { clause, fullText, locale, isGiven, isNewText, isBusy, isOutOfReach, onGive, onWithdraw } = props;
  const id = `purpose-${clause.purpose}`;
  return (
    <section class="purpose" aria-labelledby={id}>
      <div class="purpose-head">
        <h3 id={id}>{purposeTitle(clause.purpose)}</h3>
        <span class={isGiven ? "badge badge-given" : "badge"}>{isGiven ? _("Agreed") : _("Not agreed")}</span>
      </div>
      {isNewText && <p class="hint">{_("The text of today:")}</p>}
      <ClauseText text={clause.text} locale={locale} />
      <p class="clause-links">
        <ClauseLinks clause={clause} fullText={fullText} locale={locale} />
      </p>
      {clause.required && isGiven && <p class="hint">{_("Withdrawing this ends the chat.")}</p>}
      {isOutOfReach && !isGiven ? (
        <p class="hint">{_("Not for somebody of your age")}</p>
      ) : (
        <button class="button" type="button" disabled={isBusy} aria-describedby={id} onClick={isGiven ? onWithdraw : onGive}>
          {isGiven ? _("Withdraw") : _("I agree")}
        </button>
      )}
    </section>
  );
}

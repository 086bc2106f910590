// One transcript as it is stored or would be: its redacted text, where it comes from, and what a person decides.

import { useEffect, useState } from "preact/hooks";
import { _, formatDateTime } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { arrowLeftIcon } from "../../../shared/icons.ts";
import { may } from "../../rights.ts";
import { markedParts } from "../../training_marks.ts";
import { isSpecial, reasonWords, stateWords } from "../../training_words.ts";
import type { TrainingDecide, TrainingItemAnswer, TrainingItemView, TrainingLineView } from "../../server/wire.ts";
import { useDesk, useSelect } from "../desk.tsx";

type Decision = TrainingDecide["decision"];

const LEAST_REASON = 3;

function Text({ line }: { line: TrainingLineView }) {
  return (
    <li class={line.role === "assistant" ? "script-line script-shop" : "script-line"}>
      <span class="script-who">{line.role === "assistant" ? _("From the shop") : _("From the visitor")}</span>
      <p dir="auto">
        {markedParts(line).map(({ kind, text }, index) =>
          kind === "text" ? (
            text
          ) : (
            <mark key={index} class={`script-${kind}`} title={kind === "hint" ? _("May tell of a special category") : _("Taken out")}>
              {text}
            </mark>
          ),
        )}
      </p>
    </li>
  );
}

function Lineage({ item }: { item: TrainingItemView }) {
  const rows: [string, string | null][] = [
    [_("Item"), item.item_id],
    [_("Consent event"), item.consent_event_id],
    [_("Notice (SHA-256)"), item.notice_sha256],
    [_("Redacted text (SHA-256)"), item.transcript_sha256],
    [_("Redaction rules"), item.redaction_profile],
    [_("Stored in"), item.sink],
    [_("Releases"), item.releases.join(", ") || null],
    [_("Read by a person"), item.reviewed_at === null ? null : formatDateTime(item.reviewed_at)],
  ];
  return (
    <dl class="lineage">
      {rows.map(([name, value]) =>
        value === null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="mono">{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function decisionsFor({ state }: TrainingItemView): Decision[] {
  if (state === "held") return ["approve", "quarantine"];
  if (state === "admitted") return ["keep", "quarantine"];
  return state === "waiting" ? ["quarantine"] : [];
}

function decisionName(decision: Decision): string {
  const names: Record<Decision, string> = {
    approve: _("Let it in"),
    keep: _("It may stay"),
    quarantine: _("Leave it out"),
  };
  return names[decision];
}

function Decide({ item, onDecided }: { item: TrainingItemView; onDecided: () => void }) {
  const { work } = useDesk();
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const ready = reason.trim().length >= LEAST_REASON && !busy;
  const decide = async (decision: Decision) => {
    setBusy(true);
    const decided = await work.ask("training_decide", { item_id: item.item_id, decision, reason: reason.trim() });
    setBusy(false);
    if (decided === null) return;
    work.toast(stateWords(decided.item.state));
    onDecided();
  };
  return (
    <form class="card reply-form" aria-label={_("Your decision")} onSubmit={(event) => event.preventDefault()}>
      <label>
        {_("Why")}
        <input
          class="field"
          maxLength={500}
          autocomplete="off"
          value={reason}
          placeholder={_("A few words without anything from the chat; they stand in the audit log")}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <p class="page-tools">
        {decisionsFor(item).map((decision) => (
          <button
            key={decision}
            class={decision === "quarantine" ? "button button-small" : "button button-accent button-small"}
            type="button"
            disabled={!ready}
            onClick={() => void decide(decision)}
          >
            {decisionName(decision)}
          </button>
        ))}
      </p>
      {item.releases.length > 0 && <p class="card-quiet">{_("Left out, it is also revoked in its releases.")}</p>}
    </form>
  );
}

export function TrainingItem({ itemId, onBack }: { itemId: string; onBack: () => void }) {
  const { work } = useDesk();
  const mayDecide = useSelect((state) => may(state.me, "training_decide"));
  const [answer, setAnswer] = useState<TrainingItemAnswer | null>(null);
  useEffect(() => {
    void work.ask("training_read", { item_id: itemId }).then(setAnswer);
    document.getElementById("training-back")?.focus();
  }, [itemId]);
  return (
    <>
      <p>
        <button id="training-back" class="button button-small" type="button" onClick={onBack}>
          <Icon path={arrowLeftIcon} size={16} flips />
          {_("All transcripts")}
        </button>
      </p>
      {answer === null ? (
        <div class="skeleton bubble-skeleton" />
      ) : (
        <>
          <header class="page-tools">
            <h3>{stateWords(answer.item.state)}</h3>
            {isSpecial(answer.item) && <span class="chip chip-warning">{_("Special category")}</span>}
            <span class="card-quiet">{reasonWords(answer.item)}</span>
          </header>
          {answer.lines === null ? (
            <p class="card-quiet">{_("The text may not be read any more, or is gone.")}</p>
          ) : (
            <ul class="script" aria-label={_("Redacted text")} tabIndex={0}>
              {answer.lines.map((line, index) => (
                <Text key={index} line={line} />
              ))}
            </ul>
          )}
          {mayDecide && answer.lines !== null && decisionsFor(answer.item).length > 0 && (
            <Decide item={answer.item} onDecided={onBack} />
          )}
          <h3>{_("Where it comes from")}</h3>
          <Lineage item={answer.item} />
        </>
      )}
    </>
  );
}

// Two rights as two buttons: a copy of everything, and last of all erasure, after one calm confirmation.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { _, formatDate } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { downloadIcon, xIcon } from "../../shared/icons.ts";
import { useSession } from "../context.ts";
import { exercise, type Outcome, type Right } from "../rights.ts";
import { saveFile } from "../save.ts";

export function RightsSection({ children }: { children: ComponentChildren }) {
  const session = useSession();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState<Right | null>(null);
  const [said, setSaid] = useState("");
  const erase = useRef<HTMLButtonElement>(null);

  const use = async (right: Right) => {
    setBusy(right);
    const outcome = await exercise(right, session.aside.exercise);
    setBusy(null);
    setAsking(false);
    setSaid(explain(right, outcome));
    if (outcome.kind !== "done") return;
    if (right === "erasure") session.aside.erased();
    else saveFile("my-data.zip", "application/zip", outcome.content as Blob);
  };
  return (
    <section class="my-copy" aria-labelledby="rights-title">
      <h3 id="rights-title">{_("Your data")}</h3>
      <p class="hint">{_("Everything that is stored about this chat: messages, decisions and to whom it was given.")}</p>
      <div class="actions">
        <button class="action" type="button" disabled={busy !== null} onClick={() => void use("access")}>
          <Icon path={downloadIcon} size={18} />
          {_("Save all my data")}
        </button>
        {children}
        <button
          ref={erase}
          class="action"
          type="button"
          disabled={busy !== null}
          aria-expanded={asking}
          onClick={() => setAsking(true)}
        >
          <Icon path={xIcon} size={18} />
          {_("Erase this chat")}
        </button>
      </div>
      {asking && (
        <Confirm
          isBusy={busy === "erasure"}
          onErase={() => void use("erasure")}
          onKeep={() => {
            setAsking(false);
            erase.current?.focus();
          }}
        />
      )}
      <p role="status" class={said ? "callout callout-info" : "visually-hidden"}>
        {said}
      </p>
    </section>
  );
}

/** The safe button has the focus, so that a second Enter erases nothing. */
function Confirm({ isBusy, onErase, onKeep }: { isBusy: boolean; onErase: () => void; onKeep: () => void }) {
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  return (
    <div class="confirm" role="group" aria-labelledby="erase-question">
      <p id="erase-question">
        {_("Erase this chat? All messages are deleted here and at the shop. This cannot be undone.")}
      </p>
      <div class="equal-buttons">
        <button ref={keep} class="button" type="button" onClick={onKeep}>
          {_("Keep it")}
        </button>
        <button class="button button-danger" type="button" disabled={isBusy} onClick={onErase}>
          {isBusy ? _("Erasing …") : _("Erase")}
        </button>
      </div>
    </div>
  );
}

function explain(right: Right, outcome: Outcome): string {
  if (outcome.kind === "done") return right === "access" ? _("Saved as a file.") : "";
  if (outcome.kind === "taken") {
    if (!outcome.due) return _("The shop has your request.");
    return _("The shop has your request and answers by {date}.", { date: formatDate(outcome.due) });
  }
  if (outcome.code === "no_answer") return _("No connection, so nothing happened. Please try again.");
  if (outcome.code === "restricted") return _("The shop must keep this chat for now. Please ask the shop for the reason.");
  return _("This did not work, and nothing was changed. Please write to the shop instead.");
}

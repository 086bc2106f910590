// What an agent may do about a consent: withdraw it because the visitor asked to, and open its proof.

import { useEffect, useRef, useState } from "preact/hooks";
import { _ } from "../../../shared/i18n.ts";
import { may } from "../../rights.ts";
import type { AgentConversation } from "../../server/wire.ts";
import { purposeName } from "../../words.ts";
import { useDesk, useSelect } from "../desk.tsx";
import { focusOn } from "../keyboard.ts";
import { useFocus } from "../use_focus.ts";

const REASON_MIN_CHARACTERS = 3;

interface ReasonProps {
  label: string;
  hint: string;
  id: string;
  onReason: (reason: string) => Promise<boolean>;
}

/** A small form in its place: a button that opens a reason and then acts. */
export function WithReason(props: ReasonProps) {
  const [open, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const back = useRef(false);
  useEffect(() => {
    // Whoever gives up goes on where they were.
    if (!open && back.current) opener.current?.focus();
    back.current = open;
  }, [open]);
  if (open) return <ReasonForm {...props} onClose={() => setOpen(false)} />;
  return (
    <button ref={opener} class="link-button quiet-action" type="button" onClick={() => setOpen(true)}>
      {props.label}
    </button>
  );
}

function ReasonForm(props: ReasonProps & { onClose: () => void }) {
  const [reason, setReason] = useState("");
  const field = useFocus<HTMLInputElement>();
  const { store } = useDesk();
  const done = () => {
    props.onClose();
    // What was done may have taken the button away: the keyboard goes on in the list.
    focusOn(`row-${store.get().selected}`);
  };
  const onSubmit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (reason.trim().length >= REASON_MIN_CHARACTERS && (await props.onReason(reason.trim()))) done();
  };
  return (
    <form class="inline-form" onSubmit={(event) => void onSubmit(event)}>
      <label for={props.id}>{props.hint}</label>
      <input
        ref={field}
        id={props.id}
        class="field"
        minLength={REASON_MIN_CHARACTERS}
        maxLength={200}
        required
        value={reason}
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <span class="inline-buttons">
        <button class="button button-small" type="submit">
          {props.label}
        </button>
        <button class="button button-small button-quiet" type="button" onClick={props.onClose}>
          {_("Cancel")}
        </button>
      </span>
    </form>
  );
}

export function WithdrawFor({ conversation, purpose }: { conversation: AgentConversation; purpose: string }) {
  const { work } = useDesk();
  const allowed = useSelect((state) => may(state.me, "consent_withdraw"));
  if (!allowed) return null;
  return (
    <WithReason
      id={`withdraw-${purpose}`}
      label={_("Withdraw on request")}
      hint={_("How the visitor asked to end: {purpose}", { purpose: purposeName(purpose) })}
      onReason={(reason) => work.withdraw(conversation.id, [purpose], reason)}
    />
  );
}

/** The way to the evidence, for those whose role may read it. */
export function Proof() {
  const desk = useDesk();
  const allowed = useSelect((state) => may(state.me, "proof_read"));
  if (!allowed) {
    return <p class="card-quiet">{_("The proof is open to the privacy officer and to admins.")}</p>;
  }
  return (
    <p class="proof">
      <button class="link-button" type="button" onClick={() => desk.go("privacy")}>
        {_("Show the proof")}
      </button>
      <span class="card-quiet">{_("Texts, events and ledger entries. Reading them is noted in the audit log.")}</span>
    </p>
  );
}

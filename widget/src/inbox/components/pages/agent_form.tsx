// A new account: address, name and role, then the password that is shown once.

import { useLayoutEffect, useState } from "preact/hooks";
import { _ } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { userPlusIcon } from "../../../shared/icons.ts";
import type { AgentAdd, AgentAdded } from "../../server/wire.ts";
import { roleName } from "../../words.ts";
import type { AddressProblem } from "../../server/work.ts";
import { useDesk } from "../desk.tsx";
import { ChoiceField, FormProblem, TextField, useSending } from "./form_parts.tsx";
import { focusOn } from "../keyboard.ts";

export const ROLES = ["agent", "privacy_officer", "admin"] as const;
export type Role = (typeof ROLES)[number];

const EMPTY: Required<AgentAdd> = { email: "", name: "", role: "agent" };

function problemWords(problem: AddressProblem): string {
  if (problem === "address_taken") return _("Somebody has an account with this address already, perhaps one that is switched off.");
  return _("This is no e-mail address. It looks like name@shop.example.");
}

/** The password, selected at a press and copied where the browser lets a page copy. */
function Password({ added, onDone }: { added: AgentAdded; onDone: () => void }) {
  const [copied, setCopied] = useState(false);
  useLayoutEffect(() => focusOn("new-password"), []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(added.password);
      setCopied(true);
    } catch {
      // Without https there is no clipboard: the text is selected for Ctrl+C.
      focusOn("new-password");
    }
  };
  return (
    <section class="card reply-form" aria-labelledby="new-password-title">
      <h3 id="new-password-title">{_("{name} can sign in", { name: added.agent.name })}</h3>
      <label>
        <span>{_("Password to hand over. It is shown only now.")}</span>
        <input
          id="new-password"
          class="field mono"
          readOnly
          value={added.password}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <div class="inline-buttons">
        <button class="button button-accent" type="button" onClick={() => void copy()}>
          {_("Copy the password")}
        </button>
        <button class="button" type="button" onClick={onDone}>
          {_("I have handed it over")}
        </button>
        <span role="status">{copied && _("Copied")}</span>
      </div>
    </section>
  );
}

interface FormProps {
  onAdded: (added: AgentAdded) => void;
  onCancel: () => void;
}

function useAdding(fields: AgentAdd, onAdded: FormProps["onAdded"]) {
  const { work } = useDesk();
  const [problem, setProblem] = useState<AddressProblem | null>(null);
  const sending = useSending(async () => {
    const answer = await work.addAgent({ ...fields, email: fields.email.trim() });
    if (answer !== null && typeof answer === "object") return onAdded(answer);
    setProblem(answer);
    if (answer !== null) focusOn("new-email");
  });
  return { problem, ...sending };
}

function Form({ onAdded, onCancel }: FormProps) {
  const [fields, setFields] = useState(EMPTY);
  const set = (change: Partial<AgentAdd>) => setFields((before) => ({ ...before, ...change }));
  const { problem, busy, onSubmit } = useAdding(fields, onAdded);
  // Before the next key: what is typed at once belongs into the field.
  useLayoutEffect(() => focusOn("new-email"), []);
  return (
    <form class="card reply-form" noValidate onSubmit={onSubmit}>
      <h3>{_("New agent")}</h3>
      <div class="form-row">
        <TextField
          id="new-email"
          name={_("E-mail")}
          inputMode="email"
          maxLength={254}
          problem={problem === null ? undefined : "new-problem"}
          value={fields.email}
          onText={(email) => set({ email })}
        />
        <TextField
          name={_("Name that visitors see")}
          maxLength={120}
          value={fields.name}
          onText={(name) => set({ name })}
        />
        <ChoiceField
          name={_("Role")}
          value={fields.role}
          values={ROLES}
          wordsOf={roleName}
          onChoice={(role) => set({ role })}
        />
      </div>
      {problem !== null && <FormProblem id="new-problem">{problemWords(problem)}</FormProblem>}
      <div class="inline-buttons">
        <button class="button button-accent" type="submit" aria-busy={busy}>
          {_("Add the agent")}
        </button>
        <button class="button" type="button" onClick={onCancel}>
          {_("Cancel")}
        </button>
      </div>
    </form>
  );
}

export function AddAgent({ onAdded }: { onAdded: () => void }) {
  const [step, setStep] = useState<"button" | "form" | AgentAdded>("button");
  if (step === "button") {
    return (
      <button id="add-agent" class="button" type="button" onClick={() => setStep("form")}>
        <Icon path={userPlusIcon} size={16} />
        {_("Add an agent")}
      </button>
    );
  }
  const close = () => {
    setStep("button");
    requestAnimationFrame(() => focusOn("add-agent"));
  };
  if (step !== "form") return <Password added={step} onDone={close} />;
  const added = (answer: AgentAdded) => {
    setStep(answer);
    onAdded();
  };
  return <Form onAdded={added} onCancel={close} />;
}

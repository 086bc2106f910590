// A new account: address, name and role, then the password that is shown once.

import { useLayoutEffect, useState } from "preact/hooks";
import { _ } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { userPlusIcon } from "../../../shared/icons.ts";
import type { AgentAdd, AgentAdded } from "../../server/wire.ts";
import { roleName } from "../../words.ts";
import type { AddressProblem } from "../../server/work.ts";
import { useDesk } from "../desk.tsx";
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
  const [busy, setBusy] = useState(false);
  const add = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await work.addAgent(fields);
    setBusy(false);
    if (answer !== null && typeof answer === "object") return onAdded(answer);
    setProblem(answer);
    if (answer !== null) focusOn("new-email");
  };
  return { problem, busy, add };
}

function Form({ onAdded, onCancel }: FormProps) {
  const [fields, setFields] = useState(EMPTY);
  const set = (change: Partial<AgentAdd>) => setFields((before) => ({ ...before, ...change }));
  const { problem, busy, add } = useAdding(fields, onAdded);
  // Before the next key: what is typed at once belongs into the field.
  useLayoutEffect(() => focusOn("new-email"), []);
  return (
    <form class="card reply-form" noValidate onSubmit={(event) => void add(event)}>
      <h3>{_("New agent")}</h3>
      <div class="form-row">
        <label>
          <span>{_("E-mail")}</span>
          <input
            id="new-email"
            class="field"
            type="email"
              maxLength={254}
            autocomplete="off"
            aria-invalid={problem !== null}
            aria-describedby={problem === null ? undefined : "new-problem"}
            value={fields.email}
            onInput={(event) => set({ email: event.currentTarget.value })}
          />
        </label>
        <label>
          <span>{_("Name that visitors see")}</span>
          <input
            class="field"
            maxLength={120}
            autocomplete="off"
            value={fields.name}
            onInput={(event) => set({ name: event.currentTarget.value })}
          />
        </label>
        <label>
          <span>{_("Role")}</span>
          <select class="field" value={fields.role} onChange={(event) => set({ role: event.currentTarget.value as Role })}>
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {roleName(role)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {problem !== null && (
        <p id="new-problem" class="form-problem" role="alert">
          {problemWords(problem)}
        </p>
      )}
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

// The second factor: a secret for an authenticator app, its first code, recovery codes, and the way off.

import { useState } from "preact/hooks";
import { _, ngettext } from "../../../shared/i18n.ts";
import type { SignInListAnswer } from "../../server/wire.ts";
import { useDesk } from "../desk.tsx";

interface Started {
  secret: string;
  uri: string;
}

function CodeForm({ label, button, onCode }: { label: string; button: string; onCode: (code: string) => void }) {
  const [code, setCode] = useState("");
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    onCode(code.trim());
    setCode("");
  };
  return (
    <form class="inline-form" onSubmit={onSubmit}>
      <label for="factor-code">{label}</label>
      <input
        id="factor-code"
        class="field"
        autocomplete="one-time-code"
        maxLength={32}
        required
        value={code}
        onInput={(event) => setCode(event.currentTarget.value)}
      />
      <button class="button button-small" type="submit">
        {button}
      </button>
    </form>
  );
}

function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  return (
    <div role="status">
      <p>{_("Keep these codes in a safe place. Each works once, and they are shown only now.")}</p>
      <ul class="codes">
        {codes.map((code) => (
          <li key={code} class="mono">
            {code}
          </li>
        ))}
      </ul>
    </div>
  );
}

function TurnOn({ onChange }: { onChange: (codes: readonly string[]) => void }) {
  const { work } = useDesk();
  const [started, setStarted] = useState<Started | null>(null);
  const confirm = async (code: string) => {
    const answer = await work.ask("two_factor_confirm", { code });
    if (answer !== null) onChange(answer.recovery_codes);
  };
  if (started === null) {
    return (
      <>
        <p class="card-quiet">{_("With a second factor, a stolen password alone opens nothing.")}</p>
        <button
          class="button button-small"
          type="button"
          onClick={() => void work.ask("two_factor_start", {}).then(setStarted)}
        >
          {_("Set up")}
        </button>
      </>
    );
  }
  return (
    <>
      <p>{_("Add this secret to your authenticator app, then type the code that it shows.")}</p>
      <p>
        <a class="mono" href={started.uri}>
          {started.secret}
        </a>
      </p>
      <CodeForm label={_("Code")} button={_("Switch on")} onCode={(code) => void confirm(code)} />
    </>
  );
}

export function SecondFactor({ known, onChange }: { known: SignInListAnswer; onChange: () => void }) {
  const { work } = useDesk();
  const [codes, setCodes] = useState<readonly string[]>([]);
  const off = async (code: string) => {
    if ((await work.ask("two_factor_off", { code })) !== null) onChange();
  };
  const on = (shown: readonly string[]) => {
    setCodes(shown);
    onChange();
  };
  return (
    <section class="card">
      <h3>{_("Second factor")}</h3>
      {codes.length > 0 && <RecoveryCodes codes={codes} />}
      {known.two_factor ? (
        <>
          <p class="card-quiet">
            {ngettext("On. {count} recovery code is left.", "On. {count} recovery codes are left.", known.recovery_codes_left)}
          </p>
          <CodeForm label={_("A code, to switch it off")} button={_("Switch off")} onCode={(code) => void off(code)} />
        </>
      ) : (
        <TurnOn onChange={on} />
      )}
    </section>
  );
}

// The second factor: a secret for an authenticator app, its first code, recovery codes, and the way off.

import { useEffect, useRef, useState } from "preact/hooks";
import { _, ngettext } from "../../../shared/i18n.ts";
import type { SignInListAnswer, TwoFactorStarted } from "../../server/wire.ts";
import { useDesk } from "../desk.tsx";
import { focusOn } from "../keyboard.ts";
import { useFocus } from "../use_focus.ts";

interface CodeProps {
  label: string;
  button: string;
  onCode: (code: string) => void;
}

function CodeForm({ label, button, onCode }: CodeProps) {
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
  const [copied, setCopied] = useState(false);
  const copyButton = useFocus<HTMLButtonElement>();
  const list = useRef<HTMLUListElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(codes.join("\n"));
      setCopied(true);
    } catch {
      // Without https there is no clipboard: the codes are selected for Ctrl+C.
      if (list.current !== null) getSelection()?.selectAllChildren(list.current);
    }
  };
  return (
    <div>
      <p role="status">{_("Keep these codes in a safe place. Each works once, and they are shown only now.")}</p>
      <ul class="codes" ref={list}>
        {codes.map((code) => (
          <li key={code} class="mono">
            {code}
          </li>
        ))}
      </ul>
      <span class="inline-buttons">
        <button ref={copyButton} class="button button-small" type="button" onClick={() => void copy()}>
          {_("Copy the codes")}
        </button>
        <span role="status">{copied && _("Copied")}</span>
      </span>
    </div>
  );
}

/** The picture that an authenticator app reads: black on white in every theme, as cameras want it. */
function QrCode({ rows }: { rows: readonly string[] }) {
  const side = rows.length;
  const path = rows.flatMap((row, y) => [...row].map((dot, x) => (dot === "1" ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg class="qr" role="img" aria-label={_("QR code of the secret")} viewBox={`-4 -4 ${side + 8} ${side + 8}`} shape-rendering="crispEdges">
      <path d={path} />
    </svg>
  );
}

function Started({ started, onCode }: { started: TwoFactorStarted; onCode: (code: string) => void }) {
  useEffect(() => focusOn("factor-code"), []);
  return (
    <>
      <p>{_("Scan this with your authenticator app, or type the secret, then type the code that the app shows.")}</p>
      <QrCode rows={started.qr} />
      <p>
        <a class="mono" href={started.uri}>
          {started.secret}
        </a>
      </p>
      <CodeForm label={_("Code")} button={_("Switch on")} onCode={onCode} />
    </>
  );
}

function TurnOn({ onChange }: { onChange: (codes: readonly string[]) => void }) {
  const { work, store } = useDesk();
  const [started, setStarted] = useState<TwoFactorStarted | null>(null);
  const confirm = async (code: string) => {
    const answer = await work.ask("two_factor_confirm", { code });
    if (answer === null) return;
    // A wrong code before this one is of no interest any more.
    store.dispatch({ type: "remark_read" });
    onChange(answer.recovery_codes);
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
  return <Started started={started} onCode={(code) => void confirm(code)} />;
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

// The sign-in form.

import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { _ } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { shieldCheckIcon } from "../../shared/icons.ts";
import { Refused } from "../../shared/refusals.ts";
import { refusalWords } from "../words.ts";
import { useDesk, useSelect } from "./desk.tsx";
import { useFocus } from "./use_focus.ts";

interface Failure {
  code: string;
  seconds: number | null;
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Refused)) return { code: "unreachable", seconds: null };
  const wait = error.detail["retry_after_seconds"];
  return { code: error.code, seconds: typeof wait === "number" ? Math.ceil(wait) : null };
}

function failureWords({ code, seconds }: Failure): string {
  if (code === "unreachable") return _("The server cannot be reached. Check the connection and try again.");
  return refusalWords(code, seconds);
}

/** Take a refusal away when its wait is over, so that the button is usable exactly then. */
function useWait(failure: Failure | null, end: () => void): void {
  useEffect(() => {
    if (failure === null || failure.seconds === null) return undefined;
    const timer = setTimeout(end, failure.seconds * 1000);
    return () => clearTimeout(timer);
  }, [failure]);
}

interface FieldsProps {
  password: RefObject<HTMLInputElement | null>;
  wrong: boolean;
  /** The password was right, and the account has a second factor. */
  coded: boolean;
}

function Fields({ password, wrong, coded }: FieldsProps) {
  return (
    <>
      <label for="email">{_("E-mail")}</label>
      <input id="email" class="field" name="email" type="email" autocomplete="username" required autofocus />
      <label for="password">{_("Password")}</label>
      <input
        id="password"
        ref={password}
        class="field"
        name="password"
        type="password"
        autocomplete="current-password"
        required
        aria-describedby="sign-in-error"
        aria-invalid={wrong ? "true" : undefined}
      />
      {coded && <Code />}
    </>
  );
}

function Code() {
  const field = useFocus<HTMLInputElement>();
  return (
    <>
      <label for="code">{_("Code")}</label>
      <input ref={field} id="code" class="field" name="code" autocomplete="one-time-code" maxLength={32} required />
    </>
  );
}

export function SignIn() {
  const desk = useDesk();
  const interrupted = useSelect((state) => state.interrupted);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const password = useRef<HTMLInputElement>(null);
  const [coded, setCoded] = useState(false);
  useWait(failure, () => setFailure(null));
  const asked = failure?.code === "second_factor_required";

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setFailure(null);
    try {
      const code = coded ? String(data.get("code")).trim() : undefined;
      await desk.signIn(String(data.get("email")).trim(), String(data.get("password")), code);
    } catch (error) {
      setFailure(failureOf(error));
      setBusy(false);
      if (error instanceof Refused && error.code === "second_factor_required") {
        setCoded(true);
        return;
      }
      password.current?.focus();
      password.current?.select();
    }
  }

  const mustWait = failure !== null && failure.seconds !== null;
  return (
    <main class="gate">
      <form class="gate-card" onSubmit={submit}>
        <span class="gate-mark">
          <Icon path={shieldCheckIcon} size={28} />
        </span>
        <h1>{_("Sign in to the inbox")}</h1>
        {interrupted && <p class="gate-note">{_("Your session ended. Your drafts are safe.")}</p>}
        <p id="sign-in-error" class={asked ? "gate-note" : "gate-error"} role="alert" hidden={failure === null}>
          {failure === null ? "" : failureWords(failure)}
        </p>
        <Fields password={password} wrong={failure?.code === "sign_in_failed"} coded={coded} />
        <button class="button button-accent" type="submit" disabled={busy || mustWait}>
          {busy ? _("Signing in") : _("Sign in")}
        </button>
        <p class="gate-help">{_("Forgotten your password? Whoever runs the server gives you a new one.")}</p>
      </form>
    </main>
  );
}

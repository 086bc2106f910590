// Sign-in and sign-out over HTTP, and how far this browser's clock is off.

import { Refused } from "../../shared/refusals.ts";
import type { AgentView } from "./wire.ts";

export interface Account {
  me: AgentView;
  /** Server time minus browser time, in milliseconds, so that waiting times do not depend on a wrong clock. */
  skew: number;
}

async function read(answer: Response): Promise<Account> {
  const text = await answer.text();
  if (!answer.ok) throw refusalOf(text);
  const date = Date.parse(answer.headers.get("date") ?? "");
  // The header has whole seconds: less than two is no skew but rounding.
  const skew = Number.isNaN(date) ? 0 : date - Date.now();
  return { me: JSON.parse(text) as AgentView, skew: Math.abs(skew) < 2000 ? 0 : skew };
}

function refusalOf(text: string): Refused {
  try {
    const problem = JSON.parse(text) as { code?: string; params?: Record<string, unknown> };
    return new Refused(problem.code ?? "server_error", problem.params ?? {});
  } catch {
    // A proxy's own error page is no JSON.
    return new Refused("server_error");
  }
}

function post(path: string, body: object): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin" });
}

/** Return the signed-in agent; throws Refused (`sign_in_required`) or the browser's network error. */
export async function fetchMe(): Promise<Account> {
  return read(await fetch("/inbox/me", { credentials: "same-origin", cache: "no-store" }));
}

/** Sign in; throws Refused (`sign_in_failed`, `second_factor_required`, `rate_limited`). */
export async function signIn(email: string, password: string, code?: string): Promise<Account> {
  return read(await post("/inbox/sign-in", code === undefined ? { email, password } : { email, password, code }));
}

/** Sign out; the server forgets the session. */
export async function signOut(): Promise<void> {
  const answer = await post("/inbox/sign-out", {});
  if (!answer.ok && answer.status !== 401) throw refusalOf(await answer.text());
}

// Sign-in and sign-out over HTTP; the answers say what time it is on the server.

import { Refused } from "../../shared/refusals.ts";
import type { AgentView } from "./wire.ts";

export interface Account {
  me: AgentView;
  /** What the server's clock said, if it said so, and how long the answer was on its way. */
  date: string;
  tookMilliseconds: number;
}

async function read(asking: Promise<Response>): Promise<Account> {
  const asked = performance.now();
  const answer = await asking;
  const text = await answer.text();
  if (!answer.ok) throw refusalOf(text);
  return {
    me: JSON.parse(text) as AgentView,
    date: answer.headers.get("date") ?? "",
    tookMilliseconds: performance.now() - asked,
  };
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
  return read(fetch("/inbox/me", { credentials: "same-origin", cache: "no-store" }));
}

/** Sign in; throws Refused (`sign_in_failed`, `second_factor_required`, `rate_limited`). */
export async function signIn(email: string, password: string, code?: string): Promise<Account> {
  return read(post("/inbox/sign-in", code === undefined ? { email, password } : { email, password, code }));
}

/** Sign out; the server forgets the session. */
export async function signOut(): Promise<void> {
  const answer = await post("/inbox/sign-out", {});
  if (!answer.ok && answer.status !== 401) throw refusalOf(await answer.text());
}

// Messages on their way out: one `client_id` for all tries, so that a retry can double nothing.

import type { Pending } from "../state/state.ts";
import type { AttachmentView, MessageView } from "./wire.ts";

export const BODY_MAX_CHARACTERS = 4000;
/** The browser's own code: the line is down or too slow. All other codes are the server's. */
export const NO_ANSWER = "no_answer";
/** Refusals that a later try may pass; after any other one, the text must change or the chat has ended. */
const WORTH_RETRYING = new Set([NO_ANSWER, "rate_limited", "middleware_error", "storage_unavailable"]);

/** Return how many characters the server counts in a text (code points). */
export function characters(body: string): number {
  return [...body].length;
}

/** Say whether the server would take a text as a message: something to read, no NUL, not too long. */
export function sendable(body: string): boolean {
  return body.trim() !== "" && !body.includes("\0") && characters(body) <= BODY_MAX_CHARACTERS;
}

/** Return a new message on its way. */
export function newPending(
  client_id: string,
  body: string,
  created_at: number,
  attachments: readonly AttachmentView[] = [],
): Pending {
  const files = attachments.length > 0 ? { attachments } : {};
  return { client_id, body, ...files, created_at, state: "sending", code: null, retry_after_seconds: null };
}

/** Return the list with one message changed. */
export function changed(list: readonly Pending[], client_id: string, change: Partial<Pending>): Pending[] {
  return list.map((one) => (one.client_id === client_id ? { ...one, ...change } : one));
}

/** Return the list without the messages that the server has stored. */
export function withoutStored(list: readonly Pending[], messages: readonly MessageView[]): readonly Pending[] {
  const stored = new Set(messages.map((message) => message.client_id));
  const left = list.filter((one) => !stored.has(one.client_id));
  return left.length === list.length ? list : left;
}

/** Say whether "Try again" makes sense after a refusal. */
export function worthRetrying(code: string | null): boolean {
  return code !== null && WORTH_RETRYING.has(code);
}

/** Return messages of an earlier page or sign-in: whatever became of them, no answer has come. */
export function restored(list: readonly Pending[]): Pending[] {
  return list.map((one) => {
    const open = one.state !== "failed" || one.code === "sign_in_required";
    return open ? { ...one, state: "failed", code: NO_ANSWER, retry_after_seconds: null } : one;
  });
}

/** Return what must be sent again by itself once the connection is back, oldest first. */
export function toResend(list: readonly Pending[]): Pending[] {
  return list.filter((one) => one.state === "failed" && one.code === NO_ANSWER);
}

// Messages and lines for the tests.
import type { MessageView } from "@protocol";
import type { Unsent } from "../../src/visitor/thread.ts";

export function message(seq: number, changes: Partial<MessageView> = {}): MessageView {
  return {
    id: `message-${seq}`,
    conversation_id: "conversation-1",
    seq,
    author_kind: "visitor",
    author_name: null,
    body: `text ${seq}`,
    stored_at: "2026-11-23T10:00:00Z",
    client_id: null,
    attachments: [],
    ...changes,
  } as MessageView;
}

export function unsent(clientId: string, changes: Partial<Unsent> = {}): Unsent {
  return { client_id: clientId, body: "text", at: "2026-11-23T10:00:00Z", state: "sending", reason: null, ...changes };
}

/** A browser storage in memory that remembers whether it was written to. */
export class FakeStorage {
  readonly items = new Map<string, string>();
  isFull = false;

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    if (this.isFull) throw new Error("QuotaExceededError");
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
}

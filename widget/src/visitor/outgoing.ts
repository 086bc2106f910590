// The queue of messages on their way: one at a time and in order, nothing lost, nothing sent twice.
import type { AttachmentView, MessageSend, MessageView } from "@protocol";
import { newClientId } from "../shared/ids.ts";
import { Refused } from "../shared/refusals.ts";
import type { Store } from "../shared/store.ts";
import type { ChatState } from "./state.ts";
import type { Unsent } from "./thread.ts";

export interface OutgoingParts {
  store: Store<ChatState>;
  send: (payload: MessageSend) => Promise<{ message: MessageView }>;
  stored: (message: MessageView) => void;
  /** Told at every change, so that what is not sent yet survives a reload. */
  changed: (unsent: Unsent[]) => void;
  /** Called for a refusal that is about the session and not about this message. True: it is handled, keep the text. */
  sessionRefused: (refusal: Refused) => boolean;
}

export class Outgoing {
  readonly #parts: OutgoingParts;
  #isBusy = false;

  constructor(parts: OutgoingParts) {
    this.#parts = parts;
  }

  add(body: string, attachments: AttachmentView[] = []): void {
    const { messages, conversation } = this.#parts.store.state;
    const one: Unsent = {
      client_id: newClientId((messages.at(-1) ?? conversation)?.id),
      body,
      ...(attachments.length > 0 && { attachments }),
      at: new Date().toISOString(),
      state: "sending",
      reason: null,
    };
    this.#set([...this.#all, one]);
    void this.flush();
  }

  /** Try a failed message again, under its old client_id. */
  retry(clientId: string): void {
    this.#mark(clientId, "sending", null);
    void this.flush();
  }

  /** Try everything again that got no answer; what the server refused waits for the visitor. */
  retryUnanswered(): void {
    this.#set(this.#all.map((one) => (one.reason === null ? { ...one, state: "sending" } : one)));
    void this.flush();
  }

  /** Drop a message that cannot be sent, and return it. */
  takeBack(clientId: string): Unsent | undefined {
    const one = this.#all.find((other) => other.client_id === clientId);
    this.#set(this.#all.filter((other) => other.client_id !== clientId));
    return one;
  }

  async flush(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        if (!(await this.#sendOne(next))) break;
      }
    } finally {
      this.#isBusy = false;
    }
  }

  async #sendOne(one: Unsent): Promise<boolean> {
    try {
      const files = one.attachments && { attachment_ids: one.attachments.map((file) => file.id) };
      const { message } = await this.#parts.send({ client_id: one.client_id, body: one.body, ...files });
      this.#parts.stored(message);
      this.#set(this.#all.filter((other) => other.client_id !== one.client_id));
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) {
        // Nothing overtakes a message that got no answer: everything behind it waits with it.
        this.#set(this.#all.map((other) => (other.state === "sending" ? { ...other, state: "failed" } : other)));
        return false;
      }
      this.#mark(one.client_id, "failed", error.code);
      return !this.#parts.sessionRefused(error);
    }
  }

  get #all(): Unsent[] {
    return this.#parts.store.state.unsent;
  }

  #next(): Unsent | undefined {
    return this.#all.find((one) => one.state === "sending");
  }

  #mark(clientId: string, state: Unsent["state"], reason: string | null): void {
    this.#set(this.#all.map((one) => (one.client_id === clientId ? { ...one, state, reason } : one)));
  }

  #set(unsent: Unsent[]): void {
    this.#parts.store.update({ unsent });
    this.#parts.changed(unsent);
  }
}

// What the visitor has read: told to the server only once it was on the screen, and to the button's badge.
import type { Store } from "../shared/store.ts";
import type { FromFrame } from "./shop.ts";
import type { ChatState } from "./state.ts";
import { contiguousSeq } from "./thread.ts";

export interface ReadingParts {
  store: Store<ChatState>;
  shop: { isShown: boolean; tell: (message: FromFrame) => void };
  tellSeen: (seq: number) => void;
}

export class Reading {
  readonly #parts: ReadingParts;
  #readSeq = 0;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
  }

  /** Whether the chat itself is before the visitor's eyes. */
  get isWatched(): boolean {
    return this.#parts.shop.isShown && document.visibilityState === "visible" && this.#parts.store.state.view === "chat";
  }

  /** Call when something may have come on the screen. */
  update(): void {
    const { messages, conversation, ended } = this.#parts.store.state;
    const last = contiguousSeq(messages);
    if (this.isWatched && conversation) {
      this.#readSeq = last;
      if (last > conversation.visitor_seen_seq && !ended) {
        this.#parts.store.update({ conversation: { ...conversation, visitor_seen_seq: last } });
        this.#parts.tellSeen(last);
      }
    }
    this.#tellUnread();
  }

  #tellUnread(): void {
    const { messages, conversation } = this.#parts.store.state;
    const from = Math.max(this.#readSeq, conversation?.visitor_seen_seq ?? 0);
    const count = messages.filter((one) => one.seq > from && one.author_kind !== "visitor").length;
    this.#parts.shop.tell({ chatgate: "unread", count });
  }
}

// What happens beside the conversation: choices of the interface, questions before and after it, and rights over it.
import { Refused } from "../shared/refusals.ts";
import type { Store } from "../shared/store.ts";
import type { Device } from "./device.ts";
import type { Right } from "./rights.ts";
import type { VisitorLine, VisitorTraffic } from "./protocol.ts";
import type { ChatState } from "./state.ts";

export interface AsideParts {
  store: Store<ChatState>;
  device: Device;
  exercise: (token: string, right: Right) => Promise<unknown>;
  token: () => string | null;
  line: () => VisitorLine;
  ended: (reason: string) => void;
}

export class Aside {
  readonly #parts: AsideParts;

  constructor(parts: AsideParts) {
    this.#parts = parts;
  }

  /** Keep a choice of the interface, in this browser and only while there is a session to keep. */
  setUi(patch: Record<string, unknown>): void {
    const ui = { ...this.#parts.store.state.ui, ...patch };
    this.#parts.store.update({ ui });
    this.#parts.device.update({ ui });
  }

  /** True while the shop's questions stand before the first message. */
  get asksFirst(): boolean {
    const { site, messages, conversation, ui } = this.#parts.store.state;
    return !!site?.prechat?.length && !!conversation && messages.length === 0 && ui["introduced"] !== conversation.id;
  }

  /** Send an answer to one of the shop's questions, or ask for a person; false when the visitor should try again. */
  async tell<Name extends "profile_set" | "rating_set" | "human_request">(
    name: Name,
    payload: VisitorTraffic["requests"][Name]["payload"],
  ): Promise<boolean> {
    try {
      await this.#parts.line().request(name, payload);
      return true;
    } catch (error) {
      // What the server refuses, it refuses again: the visitor is not held up by it.
      return error instanceof Refused;
    }
  }

  /** End the chat; false when nobody answered. */
  async endChat(): Promise<boolean> {
    try {
      await this.#parts.line().request("session_close", {});
    } catch (error) {
      return error instanceof Refused;
    }
    this.#parts.ended("visitor");
    return true;
  }

  /** Ask for a copy of everything, or for erasure. */
  exercise = (right: Right): Promise<unknown> => this.#parts.exercise(this.#parts.token() ?? "", right);

  /** The erasure is done: nothing of the chat stays here either. */
  erased(): void {
    this.#parts.ended("erased");
  }
}

// What this browser keeps: exactly one entry in the frame's own storage, and only after a decision.
import type { Unsent } from "./thread.ts";

export interface Kept {
  token: string;
  draft: string;
  ui: Record<string, unknown>;
  /** Messages that were sent but not yet acknowledged; absent when there are none. */
  unsent?: Unsent[];
}

export class Device {
  readonly #key: string;
  readonly #storage: Storage | null;
  #memory: Kept | null = null;
  #blocked: boolean;

  constructor(site: string, storage: Storage | null) {
    this.#key = `chatgate:${site}`;
    this.#storage = storage;
    this.#blocked = storage === null;
  }

  /** True when the chat ends with this page, because the browser keeps nothing for us. */
  get isBlocked(): boolean {
    return this.#blocked;
  }

  read(): Kept | null {
    if (this.#memory) return this.#memory;
    try {
      const kept: unknown = JSON.parse(this.#storage?.getItem(this.#key) ?? "null");
      this.#memory = isKept(kept) ? kept : null;
    } catch {
      this.#memory = null;
    }
    return this.#memory;
  }

  write(kept: Kept): void {
    this.#memory = kept;
    try {
      this.#storage?.setItem(this.#key, JSON.stringify(kept));
    } catch {
      this.#blocked = true;
    }
  }

  /** Change a part of what is kept; nothing happens before there is a session to keep. */
  update(patch: Partial<Kept>): void {
    const kept = this.read();
    if (kept) this.write({ ...kept, ...patch });
  }

  clear(): void {
    this.#memory = null;
    try {
      this.#storage?.removeItem(this.#key);
    } catch {
      this.#blocked = true;
    }
  }

  /** Call back with the token when another tab of the shop starts, replaces (a token) or ends (null) the session. */
  onOtherTab(changed: (token: string | null) => void): void {
    addEventListener("storage", (event) => {
      if (event.key !== this.#key && event.key !== null) return;
      const before = this.#memory?.token ?? null;
      this.#memory = null;
      const after = this.read()?.token ?? null;
      if (after !== before) changed(after);
    });
  }
}

/** The frame's localStorage, or null where the browser blocks it. Looking writes nothing. */
export function openStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== "object" || value === null) return false;
  return typeof (value as Kept).token === "string" && typeof (value as Kept).draft === "string";
}

// The chat's interface for the shop's own page, as `window.chatgate`. Served at /assets/chatgate.d.ts.

/** Who is signed in, as the shop's own server vouches for it. */
export interface Identity {
  id: string;
  email?: string;
  name?: string;
  /** HMAC-SHA256 in hex, under the secret of `chatgate site secret`, of id, email and name, joined by line feeds. */
  signature: string;
}

/** At most ten short texts that help the shop to answer, such as the order that the page is about. */
export type Context = Record<string, string | number>;

/** `unread` carries the number of answers that were not read yet; no event carries a text of the chat. */
export type ChatGateEvent = "open" | "close" | "session_opened" | "session_closed" | "unread";

export type Handler = (detail?: unknown) => void;

export interface ChatGate {
  open(): void;
  close(): void;
  toggle(): void;
  /** Stays in the page's memory until the visitor has agreed to the chat; then it goes to the server. */
  identify(identity: Identity): void;
  /** Replaces the context that was set before. Stays in the page's memory until the visitor has agreed to the chat. */
  setContext(context: Context): void;
  /** Asked at the click that opens the chat, and never before: a false, or a promise of it, leaves the chat closed. */
  consentBanner(ask: () => boolean | Promise<boolean>): void;
  /** Returns the function that stops listening. */
  on(event: ChatGateEvent, handler: Handler): () => void;
  /** A command as a list, such as ["open"]: the form in which a page queues it before the script has run. */
  push(command: [name: string, ...values: unknown[]]): void;
}

declare global {
  interface Window {
    chatgate?: ChatGate | Array<[name: string, ...values: unknown[]]>;
  }
}

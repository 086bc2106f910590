// The frame's side of the talk with the shop's page: exact origins, a few words, nothing of the chat.

export type FromFrame =
  | { chatgate: "ready" }
  | { chatgate: "close" }
  | { chatgate: "session"; active: boolean }
  | { chatgate: "unread"; count: number };

export type FromShop =
  | { chatgate: "shown" }
  | { chatgate: "hidden" }
  | { chatgate: "page"; path: string }
  | { chatgate: "identity"; value: unknown }
  | { chatgate: "context"; value: unknown };

export class Shop {
  readonly #origin: string | null;
  readonly #heard: (message: FromShop) => void;
  /** True while the panel is on the screen. A page of its own always is. */
  isShown: boolean;
  pagePath: string | null = null;

  /** `origin` is the shop page's, as the loader names it; the frame's page is bound to it by frame-ancestors. */
  constructor(origin: string | null, heard: (message: FromShop) => void = () => {}) {
    this.#origin = window.parent === window ? null : exactOrigin(origin);
    this.#heard = heard;
    this.isShown = this.#origin === null;
    if (this.#origin !== null) addEventListener("message", (event) => this.#receive(event));
  }

  get isEmbedded(): boolean {
    return this.#origin !== null;
  }

  tell(message: FromFrame): void {
    if (this.#origin !== null) window.parent.postMessage(message, this.#origin);
  }

  #receive(event: MessageEvent): void {
    if (event.origin !== this.#origin || event.source !== window.parent) return;
    const message = event.data as FromShop | null;
    if (message?.chatgate === "shown") this.isShown = true;
    else if (message?.chatgate === "hidden") this.isShown = false;
    else if (message?.chatgate === "page") this.pagePath = cleanPath(message.path);
    else if (message?.chatgate !== "identity" && message?.chatgate !== "context") return;
    this.#heard(message);
  }
}

/** A path without query and fragment, because those may name the visitor. */
function cleanPath(path: unknown): string | null {
  return typeof path === "string" && path.startsWith("/") ? (path.split(/[?#]/)[0] ?? "").slice(0, 2048) : null;
}

function exactOrigin(text: string | null): string | null {
  try {
    const url = new URL(text ?? "");
    return url.origin === text && /^https?:$/.test(url.protocol) ? url.origin : null;
  } catch {
    return null;
  }
}

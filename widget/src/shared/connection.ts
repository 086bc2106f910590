// A typed Socket.IO connection: requests with acks, refusals as errors, and the state of the line.
import { NoAnswer, Refused } from "./refusals.ts";
import { LeanSocket } from "./socket.ts";

export { NoAnswer, Refused };

export type LineState = "connecting" | "online" | "offline";

/** The events of a namespace: `received` by their payload, `requests` by payload and answer. */
export interface Traffic {
  received: Record<string, unknown>;
  requests: Record<string, { payload: unknown; answer: unknown }>;
}

export interface ConnectionOptions {
  /** Called at every connection, so that a reconnect can send other words than the first one. */
  auth: () => object;
  onState: (state: LineState) => void;
  /** The handshake was refused; the connection does not try again by itself. */
  onRefused: (refusal: Refused) => void;
  timeoutMs?: number;
  /** Where the server is; the page's own origin unless told. */
  origin?: string;
}

type Handler = (payload: unknown) => void;

export class Connection<T extends Traffic> {
  readonly #socket: LeanSocket;
  readonly #timeoutMs: number;
  readonly #handlers = new Map<string, Set<Handler>>();

  constructor(namespace: `/${string}`, options: ConnectionOptions) {
    this.#timeoutMs = options.timeoutMs ?? 8000;
    this.#socket = new LeanSocket({
      origin: options.origin ?? location.origin,
      namespace,
      auth: options.auth,
      received: (name, payload) => this.#handlers.get(name)?.forEach((handler) => handler(payload)),
      connected: () => options.onState("online"),
      lost: () => options.onState("offline"),
      refused: ({ code, detail }) => {
        options.onState("offline");
        options.onRefused(new Refused(code, { ...detail }));
      },
    });
  }

  /** Listen. Returns the function that stops listening. */
  on<Name extends keyof T["received"] & string>(name: Name, handler: (payload: T["received"][Name]) => void): () => void {
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers.add(handler as Handler));
    return () => handlers.delete(handler as Handler);
  }

  open(): void {
    this.#socket.open();
  }

  close(): void {
    this.#socket.close();
  }

  get isOnline(): boolean {
    return this.#socket.isConnected;
  }

  /**
   * Ask and wait for the answer. Fails with Refused (the server said no) or NoAnswer (the line is down or too slow);
   * nothing is queued in the socket, so that the caller alone decides what is sent again.
   */
  request<Name extends keyof T["requests"] & string>(
    name: Name,
    payload: T["requests"][Name]["payload"],
  ): Promise<T["requests"][Name]["answer"]> {
    return new Promise((resolve, reject) => {
      this.#socket.ask(name, payload, this.#timeoutMs, (answer, isAnswered) => {
        const error = (answer as { error?: { code: string; detail?: Record<string, unknown> } } | null)?.error;
        if (!isAnswered) reject(new NoAnswer());
        else if (error) reject(new Refused(error.code, error.detail));
        else resolve(answer as T["requests"][Name]["answer"]);
      });
    });
  }

  /** Tell without waiting, for what is worth nothing later (typing). */
  tell<Name extends keyof T["requests"] & string>(name: Name, payload: T["requests"][Name]["payload"]): void {
    this.#socket.emit(name, payload);
  }
}

// A typed Socket.IO connection: requests with acks, refusals as errors, and the state of the line.
import { io, type Socket } from "socket.io-client";
import { NoAnswer, Refused } from "./refusals.ts";

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
}

const HUNG_UP_MS = 1000;

export class Connection<T extends Traffic> {
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(namespace: `/${string}`, options: ConnectionOptions) {
    this.#timeoutMs = options.timeoutMs ?? 8000;
    this.#socket = io(namespace, {
      autoConnect: false,
      auth: (done) => done(options.auth()),
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 8000,
    });
    this.#socket.on("connect", () => options.onState("online"));
    this.#socket.on("disconnect", (reason) => {
      options.onState("offline");
      // The server hangs up when it restarts, too: only our own close() means to stay away.
      if (reason === "io server disconnect") this.#later = setTimeout(() => this.#socket.connect(), HUNG_UP_MS);
    });
    this.#socket.on("connect_error", (error: Error & { data?: { code?: string; detail?: object } }) => {
      options.onState("offline");
      if (error.data?.code) options.onRefused(new Refused(error.data.code, { ...error.data.detail }));
    });
  }

  /** Listen. Returns the function that stops listening. */
  on<Name extends keyof T["received"] & string>(name: Name, handler: (payload: T["received"][Name]) => void): () => void {
    this.#socket.on(name as string, handler as (payload: unknown) => void);
    return () => this.#socket.off(name as string, handler as (payload: unknown) => void);
  }

  open(): void {
    clearTimeout(this.#later);
    this.#socket.connect();
  }

  close(): void {
    clearTimeout(this.#later);
    this.#socket.disconnect();
  }

  get isOnline(): boolean {
    return this.#socket.connected;
  }

  /**
   * Ask and wait for the answer. Fails with Refused (the server said no) or NoAnswer (the line is down or too slow);
   * nothing is queued in the socket, so that the caller alone decides what is sent again.
   */
  async request<Name extends keyof T["requests"] & string>(
    name: Name,
    payload: T["requests"][Name]["payload"],
  ): Promise<T["requests"][Name]["answer"]> {
    if (!this.#socket.connected) throw new NoAnswer();
    let answer: { error?: { code: string; detail?: Record<string, unknown> } } | null;
    try {
      answer = await this.#socket.timeout(this.#timeoutMs).emitWithAck(name, payload);
    } catch {
      throw new NoAnswer();
    }
    if (answer?.error) throw new Refused(answer.error.code, answer.error.detail);
    return answer as T["requests"][Name]["answer"];
  }

  /** Tell without waiting, for what is worth nothing later (typing). */
  tell<Name extends keyof T["requests"] & string>(name: Name, payload: T["requests"][Name]["payload"]): void {
    if (this.#socket.connected) this.#socket.volatile.emit(name, payload);
  }
}

// A lean Socket.IO client (protocol 5 over Engine.IO 4): one namespace, text only, no queue of its own.
// The stock client takes a third of what a visitor may have to load (docs/adr/0009-own-socket-client.md).
import { type OpenTransport, openPolling, openWebSocket, type Transport } from "./transports.ts";

export interface SocketParts {
  origin: string;
  namespace: `/${string}`;
  /** Called at every connection. */
  auth: () => object;
  received: (name: string, payload: unknown) => void;
  connected: () => void;
  /** The line is down; the next try comes by itself. */
  lost: () => void;
  /** The server refused the namespace; no try comes by itself. */
  refused: (data: { code: string; detail?: Record<string, unknown> }) => void;
}

type Answered = (answer: unknown, isAnswered: boolean) => void;

interface Refusal {
  data?: { code?: string; detail?: Record<string, unknown> };
}

const FIRST_DELAY_MS = 500;
const LAST_DELAY_MS = 8000;
/** How long a way may take to open before the other one is tried. */
const OPENING_MS = 8000;

export class LeanSocket {
  readonly #parts: SocketParts;
  readonly #acks = new Map<number, Answered>();
  #transport: Transport | null = null;
  /** Ends the try or the connection that is there now, as if the line had failed. */
  #fail = (): void => {};
  #early: Array<[string, unknown]> = [];
  #isWanted = false;
  #tries = 0;
  #nextId = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #silentAt = Infinity;
  #patienceMs = OPENING_MS;
  isConnected = false;

  constructor(parts: SocketParts) {
    this.#parts = parts;
    // A computer that slept or changed its network has a dead line that looks alive: see at once, not at the next ping.
    const isBrowser = typeof document !== "undefined";
    if (!isBrowser) return;
    addEventListener("offline", () => this.#fail());
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => this.#check());
  }

  /** Connect, and stay connected. */
  open(): void {
    this.#isWanted = true;
    this.#tries = 0;
    this.#hurry();
  }

  close(): void {
    this.#isWanted = false;
    clearTimeout(this.#retry);
    if (this.isConnected) this.#send("1");
    this.#drop();
  }

  /** Send an event whose answer is not waited for. */
  emit(name: string, payload: unknown): void {
    this.#check();
    if (this.isConnected) this.#send("2", JSON.stringify([name, payload]));
  }

  /** Send an event; `done` gets the answer, or none when it is late or the line is lost. */
  ask(name: string, payload: unknown, timeoutMs: number, done: Answered): void {
    this.#check();
    if (!this.isConnected) return done(null, false);
    const id = this.#nextId++;
    const timer = setTimeout(() => answered(null, false), timeoutMs);
    const answered: Answered = (answer, isAnswered) => {
      clearTimeout(timer);
      this.#acks.delete(id);
      done(answer, isAnswered);
    };
    this.#acks.set(id, answered);
    this.#send("2", id + JSON.stringify([name, payload]));
  }

  #send(type: string, rest = ""): void {
    this.#transport?.send(`4${type}${this.#parts.namespace},${rest}`);
  }

  #hurry(): void {
    if (this.#isWanted && !this.#transport) this.#try(openWebSocket, openPolling);
    else this.#check();
  }

  #check(): void {
    if (Date.now() > this.#silentAt) this.#fail();
  }

  #try(way: OpenTransport, other?: OpenTransport): void {
    clearTimeout(this.#retry);
    let isOpen = false;
    const fail = (): void => {
      if (this.#fail !== fail) return;
      this.#drop();
      if (other && !isOpen) return this.#try(other);
      this.#parts.lost();
      if (this.#isWanted) this.#retry = setTimeout(() => this.#hurry(), this.#delay());
    };
    this.#fail = fail;
    this.#patienceMs = OPENING_MS;
    this.#listen();
    this.#transport = way(this.#parts.origin, {
      closed: fail,
      packet: (text) => {
        isOpen = true;
        this.#packet(text);
      },
    });
  }

  /** A delay that grows, and differs between those who lost the server at the same moment. */
  #delay(): number {
    return Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#tries++) * (0.5 + Math.random());
  }

  /** Expect to hear something within the time that the server promised. */
  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(this.#fail, this.#patienceMs);
    this.#silentAt = Date.now() + this.#patienceMs;
  }

  #drop(): void {
    this.#fail = () => {};
    clearTimeout(this.#silence);
    this.#silentAt = Infinity;
    this.#transport?.close();
    this.#transport = null;
    this.isConnected = false;
    this.#early = [];
    for (const answered of [...this.#acks.values()]) answered(null, false);
  }

  #packet(text: string): void {
    this.#listen();
    if (text.startsWith("0")) {
      const { pingInterval, pingTimeout } = JSON.parse(text.slice(1)) as Record<string, number>;
      this.#patienceMs = pingInterval! + pingTimeout!;
      this.#send("0", JSON.stringify(this.#parts.auth()));
    } else if (text === "2") {
      this.#transport?.send("3");
    } else if (text === "1") {
      this.#fail();
    } else {
      const [, type, id, json] = /^4(\d)(?:\/[^,]*,)?(\d*)(.*)/s.exec(text) ?? [];
      if (type) this.#message(type, id!, json ? JSON.parse(json) : null);
    }
  }

  #message(type: string, id: string, data: unknown): void {
    if (type === "0") this.#connected();
    else if (type === "1") this.#fail();
    else if (type === "2") this.#event(...(data as [string, unknown]));
    else if (type === "3") this.#acks.get(Number(id))?.((data as unknown[])[0], true);
    else if (type === "4") this.#refused(data as Refusal);
  }

  #connected(): void {
    this.isConnected = true;
    this.#tries = 0;
    // The server's first events come before its word that we are connected.
    const early = this.#early;
    this.#early = [];
    for (const [name, payload] of early) this.#parts.received(name, payload);
    if (this.isConnected) this.#parts.connected();
  }

  #event(name: string, payload: unknown): void {
    if (this.isConnected) this.#parts.received(name, payload);
    else this.#early.push([name, payload]);
  }

  #refused({ data }: Refusal): void {
    if (!data?.code) return this.#fail();
    this.close();
    this.#parts.refused({ ...data, code: data.code });
  }
}

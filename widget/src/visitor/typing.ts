// That the visitor types, never what: on with the first key, off after a pause, repeated while it lasts.

const REPEAT_MS = 3000;
const PAUSE_MS = 4000;

export class TypingSignal {
  readonly #tell: (on: boolean) => void;
  #toldAt = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (on: boolean) => void) {
    this.#tell = tell;
  }

  /** Call at every change of the text. */
  changed(text: string, now: number = Date.now()): void {
    clearTimeout(this.#pause);
    if (text === "") return this.stop();
    if (now - this.#toldAt >= REPEAT_MS) {
      this.#toldAt = now;
      this.#tell(true);
    }
    this.#pause = setTimeout(() => this.stop(), PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.#pause);
    if (this.#toldAt === 0) return;
    this.#toldAt = 0;
    this.#tell(false);
  }
}

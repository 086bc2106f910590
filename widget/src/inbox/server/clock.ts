// What time it is on the server, however wrong this browser's clock is, and however it is set while the page lives.

import type { Wire } from "./live.ts";

/** Less is the way of an answer, or the rounding of a header with whole seconds. */
const TOLERANCE_MILLISECONDS = 2000;

export class ServerClock {
  readonly #wall: () => number;
  readonly #steady: () => number;
  readonly #onChange: () => void;
  #skew = 0;
  /** The browser's time where its steady clock began; another one means that it was set, or that the machine slept. */
  #began: number;

  constructor(onChange: () => void, wall: () => number = () => Date.now(), steady: () => number = () => performance.now()) {
    this.#onChange = onChange;
    this.#wall = wall;
    this.#steady = steady;
    this.#began = wall() - steady();
  }

  /** Server time, as far as this browser can tell, in milliseconds. */
  now(): number {
    return this.#wall() + this.#skew;
  }

  /** Learn from an answer: what the server's clock said (ISO), and how long the answer was on its way. */
  heard(at: string, tookMilliseconds: number): void {
    const skew = Date.parse(at) + tookMilliseconds / 2 - this.#wall();
    if (Number.isNaN(skew) || Math.abs(skew - this.#skew) < TOLERANCE_MILLISECONDS + tookMilliseconds / 2) return;
    this.#skew = Math.abs(skew) < TOLERANCE_MILLISECONDS ? 0 : skew;
    this.#onChange();
  }

  /** Say whether the browser's clock was set since this was asked last; what is known of the server's is in doubt then. */
  jumped(): boolean {
    const began = this.#wall() - this.#steady();
    const jumped = Math.abs(began - this.#began) > TOLERANCE_MILLISECONDS;
    this.#began = began;
    return jumped;
  }

  /** Return a wire whose answers set this clock, where they carry the server's time. */
  timed(wire: Wire): Wire {
    const request = async (name: never, payload: never): Promise<unknown> => {
      const asked = this.#steady();
      const answer: unknown = await wire.request(name, payload);
      const at = (answer as { now?: unknown } | null | undefined)?.now;
      if (typeof at === "string") this.heard(at, this.#steady() - asked);
      return answer;
    };
    return { request: request as Wire["request"], tell: (name, payload) => wire.tell(name, payload) };
  }
}

// A value that tells its watchers when it changes.

export class Store<S extends object> {
  #state: S;
  readonly #watchers = new Set<(state: S) => void>();

  constructor(state: S) {
    this.#state = state;
  }

  get state(): S {
    return this.#state;
  }

  update(patch: Partial<S>): void {
    this.#state = { ...this.#state, ...patch };
    for (const watcher of this.#watchers) watcher(this.#state);
  }

  /** Watch. Returns the function that stops watching. */
  subscribe(watcher: (state: S) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

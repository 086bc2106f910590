// Holds the state, applies actions, tells those who watch.

import type { Action } from "./actions.ts";
import { reduce } from "./reducer.ts";
import type { State } from "./state.ts";

export type Watcher = (before: State, after: State, action: Action) => void;

export interface Store {
  get(): State;
  dispatch(action: Action): void;
  /** Call a function after every action; returns the way to stop it. */
  watch(watcher: Watcher): () => void;
}

/** Return a store that begins with a state. */
export function createStore(initial: State): Store {
  let state = initial;
  const watchers = new Set<Watcher>();
  return {
    get: () => state,
    dispatch(action) {
      const before = state;
      state = reduce(state, action);
      for (const watcher of [...watchers]) watcher(before, state, action);
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

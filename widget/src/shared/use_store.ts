// Draw a component again whenever a store changes.
import { useEffect, useState } from "preact/hooks";
import type { Store } from "./store.ts";

export function useStore<S extends object>(store: Store<S>): S {
  const [state, setState] = useState(store.state);
  useEffect(() => {
    setState(store.state);
    return store.subscribe(setState);
  }, [store]);
  return state;
}

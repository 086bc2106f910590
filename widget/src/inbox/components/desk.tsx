// How components reach the desk and follow the state.

import { createContext } from "preact";
import { useContext, useLayoutEffect, useReducer, useRef } from "preact/hooks";
import type { Desk } from "../desk.ts";
import type { State } from "../state/state.ts";

const DeskContext = createContext<Desk | null>(null);
export const DeskProvider = DeskContext.Provider;

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error("a component outside of the desk");
  return desk;
}

/** Return a part of the state; the component draws again only when that part is another one. */
export function useSelect<T>(select: (state: State) => T): T {
  const { store } = useDesk();
  const [, draw] = useReducer<number, void>((count) => count + 1, 0);
  const value = select(store.get());
  const latest = useRef({ select, value });
  latest.current = { select, value };
  useLayoutEffect(() => {
    const check = () => {
      if (!Object.is(latest.current.select(store.get()), latest.current.value)) draw();
    };
    // Between drawing and watching something may have happened.
    check();
    return store.watch(check);
  }, [store]);
  return value;
}

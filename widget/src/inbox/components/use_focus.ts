// Puts the focus where a person goes on, and brings the place into view.

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Return the ref of an element that takes the focus once it is drawn. The attribute `autofocus` works once a page only. */
export function useFocus<T extends HTMLElement>(): RefObject<T | null> {
  const element = useRef<T>(null);
  useEffect(() => {
    element.current?.focus({ preventScroll: true });
    // The whole form, so that its buttons are in view too.
    (element.current?.closest("form") ?? element.current)?.scrollIntoView({ block: "nearest" });
  }, []);
  return element;
}

// Tells the visitor that somebody types: at most every three seconds, and that it ended.

import { useEffect, useRef } from "preact/hooks";
import { useDesk } from "../desk.tsx";

const TYPING_EVERY_MILLISECONDS = 3000;
const TYPING_ENDS_MILLISECONDS = 5000;

export function useTyping(id: string) {
  const { live } = useDesk();
  const told = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const stop = () => {
    clearTimeout(timer.current);
    if (told.current === 0) return;
    told.current = 0;
    live.typing(id, false);
  };
  const type = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(stop, TYPING_ENDS_MILLISECONDS);
    if (performance.now() - told.current < TYPING_EVERY_MILLISECONDS && told.current !== 0) return;
    told.current = performance.now();
    live.typing(id, true);
  };
  useEffect(() => stop, [id]);
  return { type, stop };
}

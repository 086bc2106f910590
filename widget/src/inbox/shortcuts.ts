// Which key does what, in one table: the keyboard handler and the overlay both read it.

import type { View } from "./state/state.ts";

export type Command =
  | "next"
  | "previous"
  | "reply"
  | "note"
  | "suggestion"
  | "palette"
  | "assign"
  | "close"
  | "tag"
  | "undo"
  | "search"
  | "context"
  | "help"
  | View
  | "back";

export interface Shortcut {
  command: Command;
  keys: readonly string[];
}

export const SHORTCUTS: readonly Shortcut[] = [
  { command: "next", keys: ["j", "Alt+ArrowDown"] },
  { command: "previous", keys: ["k", "Alt+ArrowUp"] },
  { command: "reply", keys: ["Enter"] },
  { command: "note", keys: ["n"] },
  { command: "suggestion", keys: ["Control+Enter"] },
  { command: "assign", keys: ["a"] },
  { command: "close", keys: ["e"] },
  { command: "tag", keys: ["t"] },
  { command: "undo", keys: ["z"] },
  { command: "search", keys: ["/"] },
  { command: "context", keys: ["i"] },
  { command: "mine", keys: ["1"] },
  { command: "unassigned", keys: ["2"] },
  { command: "open", keys: ["3"] },
  { command: "closed", keys: ["4"] },
  { command: "palette", keys: ["Control+k"] },
  { command: "help", keys: ["?"] },
  { command: "back", keys: ["Escape"] },
];

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  /** Composing with an input method, as for Chinese or for accents. */
  isComposing: boolean;
  /** The focus is where letters are text. */
  inField: boolean;
  /** The focus is on something that Enter already works. */
  onControl: boolean;
}

/** Return the command of a key press, or null when the key is not ours. */
export function commandOf(press: KeyPress): Command | null {
  if ((press.ctrlKey || press.metaKey) && !press.altKey && press.key.toLowerCase() === "k") return "palette";
  if (press.ctrlKey || press.metaKey || press.isComposing) return null;
  // Also in the middle of a text: from one answer to the next without leaving the keyboard's home row twice.
  if (press.altKey) return press.key === "ArrowDown" ? "next" : press.key === "ArrowUp" ? "previous" : null;
  const found = SHORTCUTS.find((one) => one.keys.includes(press.key))?.command ?? null;
  if (press.inField) return found === "back" ? found : null;
  return found === "reply" && press.onControl ? null : found;
}

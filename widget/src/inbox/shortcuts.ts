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
  { command: "next", keys: ["j"] },
  { command: "previous", keys: ["k"] },
  { command: "reply", keys: ["Enter"] },
  { command: "note", keys: ["n"] },
  { command: "suggestion", keys: ["Control+Enter"] },
  { command: "assign", keys: ["a"] },
  { command: "close", keys: ["e"] },
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
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing) return null;
  const found = SHORTCUTS.find((one) => one.keys.includes(press.key))?.command ?? null;
  if (press.inField) return found === "back" ? found : null;
  return found === "reply" && press.onControl ? null : found;
}

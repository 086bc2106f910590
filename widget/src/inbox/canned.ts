// Canned replies: when the field asks for one, and which of them fit.

import type { CannedView } from "./server/wire.ts";

const SHOWN_AT_MOST = 8;

/** Return the words after a slash at the very beginning of a draft, or null when no canned reply is asked for. */
export function askedFor(draft: string): string | null {
  if (!draft.startsWith("/") || draft.includes("\n") || draft.length > 60) return null;
  return draft.slice(1);
}

/** Return the replies that fit the words: the visitor's language first, then those whose shortcut begins with them. */
export function fitting(replies: readonly CannedView[], words: string, locale: string): CannedView[] {
  const wanted = words.trim().toLocaleLowerCase();
  const language = locale.toLowerCase().split(/[-_]/)[0];
  const rank = (reply: CannedView) =>
    (reply.locale.toLowerCase().split(/[-_]/)[0] === language ? 0 : 2) + (reply.shortcut.startsWith(wanted) ? 0 : 1);
  return replies
    .filter((reply) => `${reply.shortcut}\n${reply.title}\n${reply.body}`.toLocaleLowerCase().includes(wanted))
    .sort((a, b) => rank(a) - rank(b) || a.shortcut.localeCompare(b.shortcut))
    .slice(0, SHOWN_AT_MOST);
}

/** What a reply may name; the server has the same list. */
export const VARIABLES = ["visitor_name", "agent_name", "shop_name"] as const;
const VARIABLE = /\{\{\s*([^{}|]*?)\s*(?:\|([^{}]*))?\}\}/g;

export interface Part {
  text: string;
  kind: "text" | "filled" | "unknown";
}

/** Return a reply cut into plain text, places filled with what is known, and names that are no variables. */
export function partsOf(body: string, known: Readonly<Record<string, string>>): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of body.matchAll(VARIABLE)) {
    if (match.index > end) parts.push({ text: body.slice(end, match.index), kind: "text" });
    const [whole, name = ""] = match;
    const value = known[name];
    parts.push(value === undefined ? { text: whole, kind: "unknown" } : { text: value, kind: "filled" });
    end = match.index + whole.length;
  }
  if (end < body.length) parts.push({ text: body.slice(end), kind: "text" });
  return parts;
}

/** Return where the first place that nobody filled stands in a text, for the field to mark it. */
export function firstPlace(text: string): readonly [number, number] | null {
  const [match] = text.matchAll(VARIABLE);
  return match === undefined ? null : [match.index, match.index + match[0].length];
}

/** Return a shortcut as the server takes it, from what was typed: lower case, no slash, no blanks. */
export function shortcutOf(typed: string): string {
  return typed.trim().replace(/^\/+/, "").toLocaleLowerCase().replace(/\s+/g, "-");
}

/** Return the replies of the page: those with every word, by shortcut. */
export function matchingReplies(replies: readonly CannedView[], query: string, locale: string): CannedView[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const text = (reply: CannedView) => `/${reply.shortcut}\n${reply.title}\n${reply.body}`.toLocaleLowerCase();
  return replies
    .filter((reply) => (locale === "" || reply.locale === locale) && words.every((word) => text(reply).includes(word)))
    .sort((a, b) => a.shortcut.localeCompare(b.shortcut) || a.locale.localeCompare(b.locale));
}

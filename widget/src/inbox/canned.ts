// Canned replies: when the field asks for one, and which of them fit.

import type { CannedView } from "./wire.ts";

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

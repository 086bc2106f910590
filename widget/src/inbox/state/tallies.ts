// What the tabs, the rail and the title say of a list: how much is unread, and since when somebody waits.

import type { AgentConversation } from "../server/wire.ts";
import { allOf, changedBetween } from "./known.ts";
import type { Known } from "./known.ts";
import { VIEWS } from "./state.ts";
import type { View } from "./state.ts";
import { belongs, mayWait } from "./views.ts";

interface Tally {
  /** How many conversations have something unread. */
  unread: number;
  /** Since when the visitor waits who waits longest. */
  since: string | null;
}

type Tallies = Readonly<Record<View, Tally>>;

/** Return how many conversations of a list have something unread. */
export function unreadIn(known: Known, view: View, me: string | null): number {
  return tallies(known, me)[view].unread;
}

/** Return for how many seconds the visitor waits who waits longest in a list, or null when nobody does. */
export function longestWait(known: Known, view: View, me: string | null, now: number): number | null {
  const { since } = tallies(known, me)[view];
  return since === null ? null : Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
}

/** Counted once for each change, whoever asks; and when few changed, by those alone. */
let last: { of: Known; me: string | null; lists: Tallies } | null = null;

function tallies(of: Known, me: string | null): Tallies {
  if (last?.of === of && last.me === me) return last.lists;
  const lists = (last?.me === me ? followed(last.of, last.lists, of, me) : null) ?? counted(of, me);
  last = { of, me, lists };
  return lists;
}

function counted(of: Known, me: string | null): Tallies {
  const empty = (): Tally => ({ unread: 0, since: null });
  const lists = { mine: empty(), unassigned: empty(), open: empty(), closed: empty() };
  for (const one of allOf(of)) for (const view of VIEWS) add(lists[view], one, view, me);
  return lists;
}

/** Return the tallies after a change, or null when all must be counted: somebody who waited longest waits no more. */
function followed(before: Known, lists: Tallies, after: Known, me: string | null): Tallies | null {
  const changed = changedBetween(before, after);
  if (changed === null) return null;
  const next = { mine: { ...lists.mine }, unassigned: { ...lists.unassigned }, open: { ...lists.open }, closed: { ...lists.closed } };
  for (const id of changed) {
    const [old, now] = [before[id], after[id]];
    for (const view of VIEWS) {
      const waited = sinceOf(old, view, me);
      if (waited !== null && waited === lists[view].since && waited !== sinceOf(now, view, me)) return null;
      if (old !== undefined && isUnread(old, view, me)) next[view].unread -= 1;
      if (now !== undefined) add(next[view], now, view, me);
    }
  }
  return next;
}

function add(tally: Tally, one: AgentConversation, view: View, me: string | null): void {
  if (one.unread === 0 && one.waiting_since === null) return;
  if (isUnread(one, view, me)) tally.unread += 1;
  const since = sinceOf(one, view, me);
  if (since !== null && (tally.since === null || since < tally.since)) tally.since = since;
}

function isUnread(one: AgentConversation, view: View, me: string | null): boolean {
  return one.unread > 0 && belongs(one, view, me);
}

function sinceOf(one: AgentConversation | undefined, view: View, me: string | null): string | null {
  return one !== undefined && mayWait(one) && belongs(one, view, me) ? one.waiting_since : null;
}

// Which conversations stand in which list and in which order: questions to the state.

import { allOf, changedBetween } from "./known.ts";
import type { Known } from "./known.ts";
import type { State, View } from "./state.ts";
import type { AgentConversation } from "../server/wire.ts";

/** Say whether a conversation belongs to a list of the signed-in agent. */
export function belongs(conversation: AgentConversation, view: View, me: string | null): boolean {
  if (view === "closed") return conversation.state === "closed";
  if (conversation.state !== "open") return false;
  if (view === "mine") return me !== null && conversation.assigned_agent?.id === me;
  return view === "open" || conversation.assigned_agent === null;
}

/** Return when something last happened in a conversation (an ISO time). */
export function activityAt(conversation: AgentConversation): string {
  return conversation.closed_at ?? conversation.last_message?.stored_at ?? conversation.opened_at;
}

type Compare = (a: AgentConversation, b: AgentConversation) => number;

/** The newest activity first; ids make the order stable. Times of the server have one length, so text compares them. */
const byActivity: Compare = (a, b) => descending(activityAt(a), activityAt(b)) || descending(a.id, b.id);

/** The visitor who waits longest first; below those who wait, the newest activity. */
const byWait: Compare = (a, b) => {
  if (a.waiting_since === b.waiting_since) return a.waiting_since === null ? byActivity(a, b) : descending(b.id, a.id);
  if (a.waiting_since === null) return 1;
  return b.waiting_since === null ? -1 : descending(b.waiting_since, a.waiting_since);
};

function descending(a: string, b: string): number {
  return a < b ? 1 : a > b ? -1 : 0;
}

/** Return the order of a list, the same as the server's. Nobody waits in a closed chat. */
export function orderOf(view: View, sort: State["sort"]): Compare {
  return sort === "waiting" && view !== "closed" ? byWait : byActivity;
}

/** Say whether the words of a search are in a conversation's name, number, agent or last line. */
export function matches(conversation: AgentConversation, query: string): boolean {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const text = [
    conversation.visitor.label,
    conversation.id,
    conversation.assigned_agent?.name ?? "",
    conversation.last_message?.body ?? "",
  ]
    .join("\n")
    .toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

/** Return the rows of a list in their order. */
export function rowsOf(
  conversations: State["conversations"],
  view: View,
  me: string | null,
  query: string,
  sort: State["sort"] = "waiting",
): AgentConversation[] {
  const rows = inOrder(conversations, view, me, sort);
  return query === "" ? rows : rows.filter((conversation) => matches(conversation, query));
}

/** The list that was asked for last: when few changed, they alone are taken out and put where they belong now. */
let last: { list: string; of: Known; rows: AgentConversation[] } | null = null;

function inOrder(of: Known, view: View, me: string | null, sort: State["sort"]): AgentConversation[] {
  const list = [view, me, sort].join(" ");
  const changed = last?.list === list ? changedBetween(last.of, of) : null;
  const compare = orderOf(view, sort);
  const isIn = (one: AgentConversation | undefined): one is AgentConversation => one !== undefined && belongs(one, view, me);
  const rows =
    last === null || changed === null
      ? allOf(of).filter(isIn).sort(compare)
      : moved(last.rows, changed, changed.map((id) => of[id]).filter(isIn), compare);
  last = { list, of, rows };
  return rows;
}

/** Return rows without those of these ids, and with others put in by the order that the rows have. */
function moved(rows: AgentConversation[], ids: readonly string[], others: readonly AgentConversation[], compare: Compare) {
  if (ids.length === 0) return rows;
  const out = new Set(ids);
  const kept = rows.filter((row) => !out.has(row.id));
  for (const one of others) kept.splice(placeOf(one, kept, compare), 0, one);
  return kept;
}

/** Return before which row one belongs, by halving. */
function placeOf(one: AgentConversation, rows: readonly AgentConversation[], compare: Compare): number {
  let [from, to] = [0, rows.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compare(rows[middle] as AgentConversation, one) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Say whether a conversation passes the filters, as far as a row knows. */
export function passes(one: AgentConversation, filters: State["filters"], me: string | null): boolean {
  const { tag, agent, consent, locale, active_from: from, active_to: to } = filters;
  if (tag && !one.tags.some((known) => known.name === tag)) return false;
  if (agent && (one.assigned_agent?.id ?? "none") !== (agent === "me" ? me : agent)) return false;
  if (consent === "training" && !one.consent.may_train) return false;
  if (consent === "no_training" && one.consent.may_train) return false;
  if (consent === "withdrawn" && one.consent.may_talk) return false;
  if (locale && one.locale.split(/[-_]/)[0] !== locale) return false;
  if (!from && !to) return true;
  const at = Date.parse(activityAt(one));
  return (!from || at >= Date.parse(from)) && (!to || at < Date.parse(to));
}

/** Return the rows on the screen: what the server found for the words in the field, else the list. */
export function listed(state: State): AgentConversation[] {
  const { conversations, view, query, filters, sort, found, held } = state;
  const me = state.me?.id ?? null;
  if (found !== null && query !== "") return found.hits.map((hit) => conversations[hit.conversation.id] ?? hit.conversation);
  const all = rowsOf(conversations, view, me, query, sort);
  const isFiltered = Object.values(filters).some((value) => value !== null);
  const rows = isFiltered ? all.filter((one) => passes(one, filters, me)) : all;
  const one = held === null ? undefined : conversations[held.id];
  if (held === null || one === undefined || !belongs(held, view, me) || !passes(held, filters, me)) return rows;
  return query === "" || matches(held, query) ? holding(rows, held, one, orderOf(view, sort)) : rows;
}

/**
 * Return the rows with the chosen one where it stood when it was chosen. It may rise, as when its visitor writes again;
 * it does not sink or leave by being answered or taken, or the agent would lose the place in the list.
 */
function holding(rows: AgentConversation[], held: AgentConversation, one: AgentConversation, compare: Compare): AgentConversation[] {
  const others = rows.filter((row) => row.id !== one.id);
  const behind = others.findIndex((row) => compare(row, held) > 0);
  const place = behind === -1 ? others.length : behind;
  const now = rows.indexOf(one);
  if (now !== -1 && now <= place) return rows;
  return [...others.slice(0, place), one, ...others.slice(place)];
}

/** Return the neighbour of the selected row, `step` rows further; the ends hold. */
export function neighbour(
  rows: readonly AgentConversation[],
  selected: string | null,
  step: 1 | -1,
): string | null {
  if (rows.length === 0) return null;
  const at = rows.findIndex((row) => row.id === selected);
  if (at === -1) return rows[step === 1 ? 0 : rows.length - 1]?.id ?? null;
  return rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.id ?? null;
}

/** Return the row to go on with when one is being closed: the next below it, else the next above, past those that close too. */
export function afterClosing(rows: readonly AgentConversation[], id: string, closing: State["closing"]): string | null {
  const at = rows.findIndex((row) => row.id === id);
  const around = [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at)).reverse()];
  return around.find((row) => !(row.id in closing))?.id ?? null;
}

export type Urgency = "calm" | "late" | "overdue";
const LATE_AFTER_SECONDS = 120;
const OVERDUE_AFTER_SECONDS = 300;

/** After a withdrawal nobody may answer, so nobody waits for an answer. */
export function mayWait(conversation: AgentConversation): boolean {
  return conversation.state === "open" && conversation.consent.may_talk;
}

/** Return for how many seconds a visitor has been waiting, or null when nobody waits. */
export function waitingSeconds(conversation: AgentConversation, now: number): number | null {
  if (conversation.waiting_since === null || !mayWait(conversation)) return null;
  return Math.max(0, Math.floor((now - Date.parse(conversation.waiting_since)) / 1000));
}

/** Return how urgent a wait of so many seconds is. */
export function urgency(seconds: number): Urgency {
  if (seconds >= OVERDUE_AFTER_SECONDS) return "overdue";
  return seconds >= LATE_AFTER_SECONDS ? "late" : "calm";
}

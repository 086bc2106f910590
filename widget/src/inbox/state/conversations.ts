// Conversations as they come from lists and events: a higher rev wins, an older one is dropped.

import type { Of, Told } from "./actions.ts";
import type { OpenView, Page, State } from "./state.ts";
import { OPEN_VIEWS } from "./state.ts";
import { only, put } from "./known.ts";
import { belongs, orderOf } from "./views.ts";
import type { AgentConversation, MessageView } from "../server/wire.ts";

type Conversations = State["conversations"];

/** Return the conversations with one put in, unless a later rev is already known. */
export function accept(conversations: Conversations, one: AgentConversation): Conversations {
  const row = merged(conversations[one.id], one);
  return row === null ? conversations : put(conversations, row);
}

/** Return what to keep of a conversation that came, or null when a later rev is already known. */
function merged(known: AgentConversation | undefined, one: AgentConversation): AgentConversation | null {
  if (known === undefined) return one;
  if (known.rev > one.rev) return null;
  // What is told to everybody does not say how far this agent has read.
  const my_seen_seq = one.my_seen_seq ?? known.my_seen_seq;
  const row = withLaterMessage(known, one);
  return row.my_seen_seq === my_seen_seq ? row : { ...row, my_seen_seq };
}

/** A change that was told after a later message still knows nothing of that message. */
function withLaterMessage(known: AgentConversation, one: AgentConversation): AgentConversation {
  if (known.last_seq <= one.last_seq) return one;
  const { last_message, last_seq, waiting_since } = known;
  return { ...one, last_message, last_seq, waiting_since, unread: Math.max(0, last_seq - one.agent_seen_seq) };
}

/** Return the state without a conversation that is gone for this agent. */
export function drop(state: State, id: string): State {
  const { [id]: _gone, ...threads } = state.threads;
  return { ...state, conversations: only(state.conversations, (one) => one.id !== id), threads };
}

/** Return the state with the counts of the lists following a conversation that moves between them. */
export function changeCounts(state: State, next: AgentConversation): State {
  const known = state.conversations[next.id];
  if (known !== undefined && known.rev > next.rev) return state;
  const me = state.me?.id ?? null;
  const counts = { ...state.counts };
  let same = true;
  for (const view of OPEN_VIEWS) {
    const change = Number(belongs(next, view, me)) - Number(known !== undefined && belongs(known, view, me));
    if (change !== 0) same = false;
    counts[view] = Math.max(0, counts[view] + change);
  }
  return same ? state : { ...state, counts };
}

/** Let the row of a conversation follow a message, until the server's own view of it comes. */
export function followMessage(state: State, message: MessageView, told: Told | undefined): State {
  const known = state.conversations[message.conversation_id];
  if (known === undefined) return state;
  // A rev further on hides a change that has not come yet, and that must not look older than what is known.
  const rev = told?.rev === known.rev + 1 ? told.rev : known.rev;
  const news = message.seq > known.last_seq ? newsOf(known, message, told) : {};
  const row: AgentConversation = { ...known, ...news, rev };
  return { ...state, conversations: put(state.conversations, row) };
}

function newsOf(known: AgentConversation, message: MessageView, told: Told | undefined): Partial<AgentConversation> {
  const fromVisitor = message.author_kind === "visitor";
  const waits = fromVisitor ? (known.waiting_since ?? message.stored_at) : null;
  return {
    last_message: message,
    last_seq: message.seq,
    // Inboxes that do not have it open are told of the last message only: count what was skipped.
    unread: known.unread + (fromVisitor ? message.seq - known.last_seq : 0),
    waiting_since: told === undefined ? waits : told.waiting_since,
  };
}

function countsOf(answer: Record<string, number>): Record<OpenView, number> {
  const count = (view: OpenView) => answer[view] ?? 0;
  return { mine: count("mine"), unassigned: count("unassigned"), open: count("open") };
}

/** Put the server's answer for a list into the state. `replace`: what the answer leaves out is no longer in the list. */
export function acceptList(state: State, { view, answer, replace, more, sort }: Of<"list_came">): State {
  // The order was changed while this was on its way: its end says nothing about the list of now.
  if (sort !== state.sort) return state;
  const me = state.me?.id ?? null;
  let { conversations } = state;
  if (replace) {
    const named = new Set(answer.conversations.map((one) => one.id));
    const last = answer.conversations.at(-1);
    // An answer with a next page says nothing about what lies behind its end.
    const compare = orderOf(view, state.sort);
    const behind = (one: AgentConversation) => answer.next !== null && last !== undefined && compare(one, last) > 0;
    // The open conversation stays on the screen: its own answer tells what became of it.
    const stays = (one: AgentConversation) =>
      !belongs(one, view, me) || named.has(one.id) || one.id === state.selected || behind(one);
    conversations = only(conversations, stays);
  }
  const rows = answer.conversations.map((one) => merged(conversations[one.id], one)).filter((row) => row !== null);
  conversations = put(conversations, ...rows);
  // A first page asked with known revs says nothing new about how far the list was read.
  const known = state.pages[view];
  const page: Page = { loaded: true, next: more || replace || !known.loaded ? answer.next : known.next };
  return { ...state, conversations, counts: countsOf(answer.counts), pages: { ...state.pages, [view]: page } };
}

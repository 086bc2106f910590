// How the state follows what happens. Pure: no clock, no socket, no browser.

import type { Action, Of } from "./actions.ts";
import { accept, acceptList, changeCounts, drop, followMessage } from "./conversations.ts";
import { changed, newPending, restored, withoutStored } from "../server/outgoing.ts";
import { put } from "./known.ts";
import type { State } from "./state.ts";
import { initialState } from "./state.ts";
import { withAnswer, withMessage } from "./threads.ts";
import type { MessageView } from "../server/wire.ts";
import { WORK_HANDLERS, withNotes } from "./work_reducer.ts";
import { draftKey } from "./work_state.ts";

/** How long "is typing" stands without a new sign of it. */
const TYPING_MILLISECONDS = 6000;

type Handlers = { [T in Action["type"]]: (state: State, action: Of<T>) => State };

function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  if (!(key in record)) return record;
  const { [key]: _gone, ...rest } = record;
  return rest;
}

function settle(state: State, id: string, messages: readonly MessageView[]): State {
  const list = state.pending[id];
  if (list === undefined) return state;
  const left = withoutStored(list, messages);
  return left === list ? state : { ...state, pending: { ...state.pending, [id]: left } };
}

/** What is chosen keeps its place from now on. */
function holdNow(state: State): State {
  const held = state.selected === null ? null : (state.conversations[state.selected] ?? null);
  return held === state.held ? state : { ...state, held };
}

function messageStored(state: State, { message, told }: Of<"message_stored">): State {
  const id = message.conversation_id;
  const thread = state.threads[id];
  let next = followMessage(state, message, told);
  next = settle(next, id, [message]);
  if (thread !== undefined) next = { ...next, threads: { ...next.threads, [id]: withMessage(thread, message) } };
  // Whoever has just written no longer types.
  return message.author_kind === "visitor" ? { ...next, typing: without(next.typing, id) } : next;
}

function opened(state: State, { answer, after_seq }: Of<"opened">): State {
  const id = answer.conversation.id;
  const thread = withAnswer(state.threads[id], answer, after_seq);
  const next = settle(changeCounts(state, answer.conversation), id, answer.messages);
  return {
    ...next,
    conversations: accept(next.conversations, answer.conversation),
    held: state.held ?? (state.selected === id ? answer.conversation : null),
    threads: { ...next.threads, [id]: thread },
    notes: { ...next.notes, [id]: withNotes(next.notes[id] ?? [], answer.notes) },
    colleagues: { ...next.colleagues, [id]: answer.colleagues },
    drafts: state.threads[id] === undefined ? withDrafts(next.drafts, answer) : next.drafts,
    gone: without(next.gone, id),
  };
}

/** What was begun on another device goes on here, unless something stands here already. */
function withDrafts(drafts: State["drafts"], answer: Of<"opened">["answer"]): State["drafts"] {
  const kept = answer.drafts.map(({ kind, body }) => [draftKey(answer.conversation.id, kind), body] as const);
  const { length } = kept.filter(([key]) => drafts[key] === undefined);
  return length === 0 ? drafts : { ...Object.fromEntries(kept), ...drafts };
}

function conversationChanged(state: State, { conversation }: Of<"conversation_changed">): State {
  const { id } = conversation;
  const next = { ...changeCounts(state, conversation), conversations: accept(state.conversations, conversation) };
  const closed = conversation.state === "closed";
  // Whoever is gone or has no chat any more does not type in it.
  const typing = closed || !conversation.visitor.present ? without(next.typing, id) : next.typing;
  return { ...next, typing, closing: closed ? without(next.closing, id) : next.closing };
}

function consentChanged(state: State, { conversation_id, consent }: Of<"consent_changed">): State {
  const known = state.conversations[conversation_id];
  if (known === undefined) return state;
  return { ...state, conversations: put(state.conversations, { ...known, consent }) };
}

function typingCame(state: State, { event, now }: Of<"typing_came">): State {
  if (event.author_kind !== "visitor") return state;
  const typing = event.on
    ? { ...state.typing, [event.conversation_id]: { name: event.author_name, until: now + TYPING_MILLISECONDS } }
    : without(state.typing, event.conversation_id);
  return { ...state, typing };
}

function seenSent(state: State, { id, seq }: Of<"seen_sent">): State {
  const known = state.conversations[id];
  if (known === undefined || (known.my_seen_seq ?? 0) >= seq) return state;
  const seen = {
    ...known,
    my_seen_seq: seq,
    agent_seen_seq: Math.max(known.agent_seen_seq, seq),
    unread: seq >= known.last_seq ? 0 : known.unread,
  };
  return { ...state, conversations: put(state.conversations, seen) };
}

function sendStarted(state: State, { id, client_id, body, attachments, now, held }: Of<"send_started">): State {
  const list = state.pending[id] ?? [];
  const again = list.some((one) => one.client_id === client_id);
  const next = again
    ? changed(list, client_id, { state: "sending", code: null, retry_after_seconds: null })
    : [...list, { ...newPending(client_id, body, now, attachments), state: held ? ("held" as const) : ("sending" as const) }];
  return { ...state, pending: { ...state.pending, [id]: next } };
}

function sendFailed(state: State, { id, client_id, code, retry_after_seconds }: Of<"send_failed">): State {
  const list = changed(state.pending[id] ?? [], client_id, { state: "failed", code, retry_after_seconds });
  return { ...state, pending: { ...state.pending, [id]: list } };
}

function sendDropped(state: State, { id, client_id }: Of<"send_dropped">): State {
  const list = (state.pending[id] ?? []).filter((one) => one.client_id !== client_id);
  return { ...state, pending: { ...state.pending, [id]: list } };
}

function ticked(state: State, { now }: Of<"ticked">): State {
  const typing = Object.fromEntries(Object.entries(state.typing).filter(([, mark]) => mark.until > now));
  const same = Object.keys(typing).length === Object.keys(state.typing).length;
  return { ...state, now, typing: same ? state.typing : typing };
}

const HANDLERS: Handlers = {
  ...WORK_HANDLERS,
  signed_in: (state, { me, drafts, unsent }) => ({
    ...state,
    me,
    drafts,
    pending: Object.fromEntries(Object.entries(unsent).map(([id, list]) => [id, restored(list)])),
    signed: "in",
    interrupted: false,
  }),
  me_changed: (state, { me }) => (state.signed === "in" ? { ...state, me } : state),
  // Nothing of the visitors stays on the screen of somebody who signed out.
  signed_out: (state) => ({ ...initialState(state.now, state.comfort), signed: "out", sound: state.sound }),
  // The server ended the session: the drafts are kept, in this browser, for the same agent.
  session_ended: (state) => ({
    ...initialState(state.now, state.comfort),
    signed: "out",
    sound: state.sound,
    view: state.view,
    selected: state.selected,
    interrupted: state.me !== null,
  }),
  server_unreachable: (state) => ({ ...state, signed: "unreachable" }),
  link_changed: (state, { link }) => (state.link === link ? state : { ...state, link }),
  presence_set: (state, action) => ({ ...state, presence: action.state }),
  sound_set: (state, { on }) => ({ ...state, sound: on }),
  view_set: (state, { view }) => holdNow({ ...state, view }),
  query_set: (state, { query }) => holdNow({ ...state, query }),
  selected: (state, { id }) => holdNow({ ...state, selected: id, drawer: false, mode: "reply", page: "chats" }),
  list_came: acceptList,
  opened,
  open_refused: (state, { id }) => drop({ ...state, gone: { ...state.gone, [id]: true } }, id),
  message_stored: messageStored,
  conversation_changed: conversationChanged,
  consent_changed: consentChanged,
  typing_came: typingCame,
  seen_sent: seenSent,
  send_started: sendStarted,
  send_failed: sendFailed,
  send_dropped: sendDropped,
  draft_set: (state, { id, draft }) => ({
    ...state,
    drafts: draft === "" ? without(state.drafts, id) : { ...state.drafts, [id]: draft },
  }),
  closing_started: (state, { id, due }) => ({ ...state, closing: { ...state.closing, [id]: due } }),
  closing_ended: (state, { id }) => ({
    ...state,
    closing: without(state.closing, id),
    reasons: without(state.reasons, id),
  }),
  drawer_set: (state, { open }) => ({ ...state, drawer: open }),
  help_set: (state, { open }) => ({ ...state, help: open }),
  remarked: (state, { code, retry_after_seconds }) => ({ ...state, remark: { code, retry_after_seconds } }),
  remark_read: (state) => ({ ...state, remark: null }),
  toasted: (state, { toast }) => ({ ...state, toast }),
  ticked,
};

/** Return the state after an action. */
export function reduce(state: State, action: Action): State {
  const handler = HANDLERS[action.type] as (state: State, action: Action) => State;
  return handler(state, action);
}

// Conversations and messages for the inbox's tests.

import type { AgentConversation, ConversationOpened, MessageView } from "@protocol";
import { reduce } from "../../src/inbox/state/reducer.ts";
import type { Action } from "../../src/inbox/state/actions.ts";
import { initialState } from "../../src/inbox/state/state.ts";
import type { State } from "../../src/inbox/state/state.ts";

export const NOON = Date.parse("2026-11-23T12:00:00Z");
export const ADAM = { id: "adam", name: "Adam", email: "adam@example.com", role: "agent" as const, sites: [], actions: [] };

export function at(seconds: number): string {
  return new Date(NOON + seconds * 1000).toISOString();
}

export function message(seq: number, change: Partial<MessageView> = {}): MessageView {
  return {
    id: `m${seq}`,
    conversation_id: "c1",
    seq,
    author_kind: "visitor",
    author_name: null,
    body: `line ${seq}`,
    stored_at: at(seq),
    client_id: null,
    attachments: [],
    ...change,
  };
}

export function conversation(change: Partial<AgentConversation> = {}): AgentConversation {
  return {
    id: "c1",
    rev: 1,
    site_id: "demo",
    state: "open",
    closed_reason: null,
    locale: "en",
    visitor: { id: "v1", label: "Visitor 7A4F2", present: true, profile: [] },
    assigned_agent: null,
    last_message: null,
    last_seq: 0,
    agent_seen_seq: 0,
    visitor_seen_seq: 0,
    unread: 0,
    waiting_since: null,
    opened_at: at(0),
    closed_at: null,
    consent: {
      record_id: "r1",
      choices: { support: true, training: false },
      notice_id: "store-chat",
      notice_version: "1.0.0",
      notice_sha256: "a".repeat(64),
      locale: "en",
      given_at: at(0),
      changed_at: at(0),
      may_talk: true,
      may_train: false,
      ends_at: null,
      ask_again: false,
      inform: false,
      minor: null,
    },
    training: { state: "none", reason: null, at: null },
    tags: [],
    resolution: null,
    my_seen_seq: null,
    note_count: 0,
    blocked: false,
    rating: null,
    ...change,
  };
}

export function openedWith(messages: MessageView[], change: Partial<AgentConversation> = {}): ConversationOpened {
  const last_seq = messages.at(-1)?.seq ?? 0;
  const nothing = { clauses: [], record: {}, notes: [], drafts: [], colleagues: [], now: at(0) };
  return { conversation: conversation({ last_seq, ...change }), messages, ...nothing };
}

/** The state after some actions, beginning with Adam signed in and one open conversation in the list. */
export function after(...actions: Action[]): State {
  const answer = { conversations: [conversation()], counts: { open: 1, unassigned: 1, mine: 0 }, next: null, now: at(0) };
  const first: Action[] = [
    { type: "signed_in", me: ADAM, drafts: {}, unsent: {} },
    { type: "list_came", view: "open", answer, replace: true, more: false, sort: "waiting" },
  ];
  return [...first, ...actions].reduce(reduce, initialState(NOON));
}

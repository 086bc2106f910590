// Everything that can happen in the inbox, as data.

import type { Unsent } from "../keeping.ts";
import type { Link, Toast, View } from "./state.ts";
import type {
  AttachmentView,
  AgentConversation,
  AgentView,
  ConsentView,
  ConversationListAnswer,
  ConversationOpened,
  MessageView,
  TypingEvent,
} from "../server/wire.ts";
import type { WorkAction } from "./work_actions.ts";
import type { Sort } from "./work_state.ts";

export type Action =
  | WorkAction
  | { type: "signed_in"; me: AgentView; drafts: Record<string, string>; unsent: Unsent }
  | { type: "me_changed"; me: AgentView }
  | { type: "signed_out" }
  | { type: "session_ended" }
  | { type: "server_unreachable" }
  | { type: "link_changed"; link: Link }
  | { type: "presence_set"; state: "online" | "away" }
  | { type: "sound_set"; on: boolean }
  | { type: "view_set"; view: View }
  | { type: "query_set"; query: string }
  | { type: "selected"; id: string | null }
  | { type: "list_came"; view: View; answer: ConversationListAnswer; replace: boolean; more: boolean; sort: Sort }
  | { type: "opened"; answer: ConversationOpened; after_seq: number }
  | { type: "open_refused"; id: string }
  | { type: "message_stored"; message: MessageView; told?: Told }
  | { type: "conversation_changed"; conversation: AgentConversation }
  | { type: "consent_changed"; conversation_id: string; consent: ConsentView }
  | { type: "typing_came"; event: TypingEvent; now: number }
  | { type: "seen_sent"; id: string; seq: number }
  | { type: "send_started"; id: string; client_id: string; body: string; attachments?: readonly AttachmentView[]; now: number; held?: boolean }
  | { type: "send_failed"; id: string; client_id: string; code: string; retry_after_seconds: number | null }
  | { type: "send_dropped"; id: string; client_id: string }
  | { type: "draft_set"; id: string; draft: string }
  | { type: "closing_started"; id: string; due: number }
  | { type: "closing_ended"; id: string }
  | { type: "drawer_set"; open: boolean }
  | { type: "help_set"; open: boolean }
  | { type: "remarked"; code: string; retry_after_seconds: number | null }
  | { type: "remark_read" }
  | { type: "toasted"; toast: Toast | null }
  | { type: "ticked"; now: number };

/** What an event says beside its message. An ack says the message only. */
export interface Told {
  rev: number;
  waiting_since: string | null;
}

/** The part of all actions with one name. */
export type Of<T extends Action["type"]> = Extract<Action, { type: T }>;

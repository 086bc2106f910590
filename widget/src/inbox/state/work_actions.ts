// What can happen in the inbox beside the talk itself, as data.

import type { Comfort, Found, Mode, Page, SavedView, Sort } from "./work_state.ts";
import type {
  AgentSummary,
  CannedView,
  Colleague,
  ColleagueView,
  ConversationFilters,
  NoteView,
  SuggestionsAnswer,
  TagCount,
} from "../server/wire.ts";

export type WorkAction =
  | { type: "mode_set"; mode: Mode }
  | { type: "note_stored"; note: NoteView }
  | { type: "colleague_came"; event: Colleague }
  | { type: "colleagues_came"; id: string; colleagues: readonly ColleagueView[] }
  | { type: "suggestions_came"; id: string; answer: SuggestionsAnswer }
  | { type: "suggestions_dropped"; id: string }
  | { type: "reason_set"; id: string; reason: string }
  | { type: "canned_came"; replies: readonly CannedView[] }
  | { type: "tags_came"; tags: readonly TagCount[] }
  | { type: "agents_came"; agents: readonly AgentSummary[] }
  | { type: "filters_set"; filters: ConversationFilters }
  | { type: "sort_set"; sort: Sort }
  | { type: "views_set"; views: readonly SavedView[] }
  | { type: "found"; found: Found | null }
  | { type: "page_set"; page: Page }
  | { type: "palette_set"; open: boolean }
  | { type: "comfort_set"; comfort: Partial<Comfort> }
  | { type: "agent_seen"; id: string; agent_id: string; seq: number }
  | { type: "erased"; id: string };

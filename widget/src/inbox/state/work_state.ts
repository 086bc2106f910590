// What the inbox knows beside the talk itself: notes, colleagues, tags, canned replies, suggestions, search.

import type {
  AgentSummary,
  CannedView,
  ColleagueView,
  ConversationFilters,
  NoteView,
  SearchHit,
  SuggestionsAnswer,
  TagCount,
} from "../server/wire.ts";

import type { View } from "./state.ts";

export type Mode = "reply" | "note";
/** The pages of the inbox; `components/page_table.tsx` says what each is. */
export type Page = "chats" | "canned" | "training" | "agents" | "privacy" | "audit" | "account";
export type Theme = "system" | "light" | "dark";
export type Sort = "waiting" | "activity";

/** What the server found for the words in the search field. */
export interface Found {
  query: string;
  hits: readonly SearchHit[];
  next: string | null;
}

/** A list with its filters and its order, under a name that the agent gave it. */
export interface SavedView {
  name: string;
  view: View;
  filters: ConversationFilters;
  sort: Sort;
}

/** What this agent chose for this browser. */
export interface Comfort {
  theme: Theme;
  suggest: boolean;
  notify: boolean;
  /** Hold every message for a few seconds, so that it can be taken back. */
  hold: boolean;
}

export interface WorkState {
  mode: Mode;
  notes: Readonly<Record<string, readonly NoteView[]>>;
  colleagues: Readonly<Record<string, readonly ColleagueView[]>>;
  suggestions: Readonly<Record<string, SuggestionsAnswer>>;
  /** Why an agent closes a chat that is still to be undone. */
  reasons: Readonly<Record<string, string>>;
  canned: readonly CannedView[];
  tags: readonly TagCount[];
  agents: readonly AgentSummary[];
  filters: ConversationFilters;
  sort: Sort;
  /** In the order in which they were saved; kept in this browser. */
  views: readonly SavedView[];
  found: Found | null;
  page: Page;
  palette: boolean;
  comfort: Comfort;
}

export const COMFORT: Comfort = { theme: "system", suggest: true, notify: false, hold: false };

/** Return the part of the state that belongs to the work, before anything is known. */
export function initialWork(comfort: Comfort = COMFORT): WorkState {
  return {
    mode: "reply",
    notes: {},
    colleagues: {},
    suggestions: {},
    reasons: {},
    canned: [],
    tags: [],
    agents: [],
    filters: {},
    sort: "waiting",
    views: [],
    found: null,
    page: "chats",
    palette: false,
    comfort,
  };
}

/** Drafts of replies are kept by the conversation's id, drafts of notes beside them. */
export function draftKey(id: string, mode: Mode): string {
  return mode === "reply" ? id : `${id}/note`;
}

/** Say which conversation and which field a draft belongs to. */
export function draftOf(key: string): { id: string; kind: Mode } {
  return key.endsWith("/note") ? { id: key.slice(0, -"/note".length), kind: "note" } : { id: key, kind: "reply" };
}

// What the inbox knows: plain data, changed only by the reducer.

import type { AgentConversation, AgentView, AttachmentView, ClauseView, MessageView } from "../server/wire.ts";
import type { Known } from "./known.ts";
import type { Comfort, WorkState } from "./work_state.ts";
import { initialWork } from "./work_state.ts";

export type View = "mine" | "unassigned" | "open" | "closed";
export type OpenView = Exclude<View, "closed">;
export const OPEN_VIEWS: readonly OpenView[] = ["mine", "unassigned", "open"];
export const VIEWS: readonly View[] = [...OPEN_VIEWS, "closed"];

export type Link = "connecting" | "online" | "offline";

/** One list of the server: whether its first page came, and the cursor of the next. */
export interface Page {
  loaded: boolean;
  next: string | null;
}

/** The messages of one conversation. Everything up to `complete_to` is here; `ahead` waits for a gap to be filled. */
export interface Thread {
  messages: readonly MessageView[];
  ahead: readonly MessageView[];
  complete_to: number;
  clauses: readonly ClauseView[];
  record: Readonly<Record<string, unknown>>;
  /** The consent that `clauses` and `record` belong to. */
  consent_changed_at: string;
}

/** A message on its way. It keeps its `client_id` for every try, so that the server stores it once. */
export interface Pending {
  client_id: string;
  body: string;
  /** Files that are uploaded already and go with it; absent for none. */
  attachments?: readonly AttachmentView[];
  created_at: number;
  /** Held messages can still be taken back. */
  state: "held" | "sending" | "failed";
  code: string | null;
  retry_after_seconds: number | null;
}

export interface TypingMark {
  name: string | null;
  until: number;
}

/** A short line at the foot of the screen: something that was refused. */
export interface Remark {
  code: string;
  retry_after_seconds: number | null;
}

/** A line about something done; `undo` is null when there is no way back. `chat`: the conversation that it leads to. */
export interface Toast {
  id: number;
  words: string;
  undo: (() => void) | null;
  chat?: string;
}

export interface State extends WorkState {
  me: AgentView | null;
  signed: "unknown" | "in" | "out" | "unreachable";
  /** Signed out by the server, not by the agent: the sign-in page says that nothing was lost. */
  interrupted: boolean;
  link: Link;
  presence: "online" | "away";
  sound: boolean;
  view: View;
  query: string;
  selected: string | null;
  /** The selected conversation as it was when it was chosen: its row keeps the place that it had then. */
  held: AgentConversation | null;
  conversations: Known;
  pages: Readonly<Record<View, Page>>;
  /** Closed conversations are not counted: their number only grows, and counting them would get slower with it. */
  counts: Readonly<Record<OpenView, number>>;
  threads: Readonly<Record<string, Thread>>;
  gone: Readonly<Record<string, true>>;
  pending: Readonly<Record<string, readonly Pending[]>>;
  drafts: Readonly<Record<string, string>>;
  typing: Readonly<Record<string, TypingMark>>;
  closing: Readonly<Record<string, number>>;
  drawer: boolean;
  help: boolean;
  remark: Remark | null;
  /** What was just done, and how to take it back. */
  toast: Toast | null;
  now: number;
}

const NO_PAGE: Page = { loaded: false, next: null };

/** Return the state before anything is known; `now` is in milliseconds. */
export function initialState(now: number, comfort?: Comfort): State {
  return {
    ...initialWork(comfort),
    me: null,
    signed: "unknown",
    interrupted: false,
    link: "connecting",
    presence: "online",
    sound: true,
    view: "open",
    query: "",
    selected: null,
    held: null,
    conversations: {},
    pages: { mine: NO_PAGE, unassigned: NO_PAGE, open: NO_PAGE, closed: NO_PAGE },
    counts: { mine: 0, unassigned: 0, open: 0 },
    threads: {},
    gone: {},
    pending: {},
    drafts: {},
    typing: {},
    closing: {},
    drawer: false,
    help: false,
    remark: null,
    toast: null,
    now,
  };
}

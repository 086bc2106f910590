// Everything that the widget shows, in one value.
import type { ConsentView, MessageView, NoticeAnswer, SiteView, VisitorConversation } from "@protocol";
import type { LineState } from "../shared/connection.ts";
import type { Upload } from "../shared/files/uploads.ts";
import type { Unsent } from "./thread.ts";

export type View = "starting" | "notice" | "refused" | "chat" | "privacy" | "withdrawn" | "problem" | "closed";

/** Outside the shop's hours: when it opens, if that is known, and whether a message can be left. */
export interface Closed {
  opens_at: string | null;
  messages: boolean;
}

/**
 * Why the notice is on the screen: the first time; because its text changed; because its proof of display grew old
 * (the text is the same); because the page showed another text than the server sent; after an earlier chat ended; or
 * asked again within a chat that goes on.
 */
export type Asking = "first" | "changed" | "once_more" | "altered" | "ended" | "within";

export interface ChatState {
  view: View;
  site: SiteView | null;
  line: LineState;
  /** The refusal code for which no chat is possible now, or "no_answer". */
  problem: string | null;
  /** Set while the shop is closed, as far as we were told. */
  closed: Closed | null;

  notice: NoticeAnswer | null;
  asking: Asking;
  /** What is ticked. A purpose that is not in here is not ticked. */
  choices: Record<string, boolean>;
  /** Whether the visitor is under the age that the shop asks about; null: not answered. */
  minor: boolean | null;
  /** The required clauses (or the age) for which Start was pressed without an answer. */
  missing: string[];
  opening: boolean;
  openingProblem: string | null;

  conversation: VisitorConversation | null;
  consent: ConsentView | null;
  receipt: Record<string, unknown> | null;
  /** A text that is new and needs no decision: told until it is closed. */
  news: NoticeAnswer | null;
  messages: MessageView[];
  unsent: Unsent[];
  /** Files for the next message. */
  uploads: Upload[];
  draft: string;
  /** Who types: a name, "" for nobody by name, null for nobody. */
  typist: string | null;
  agentsOnline: boolean;
  /** Why the chat is over, or null while it is open. */
  ended: string | null;

  /** A change of consent on its way, and why the last one failed. */
  changing: boolean;
  changeProblem: string | null;
  /** This browser keeps nothing for us: the chat lasts as long as the page. */
  isDeviceBlocked: boolean;
  isEmbedded: boolean;
  /** Choices of the interface: sound, and for which chat the questions before and after it are answered. */
  ui: Record<string, unknown>;
}

export function initialState(site: SiteView | null = null): ChatState {
  return {
    view: "starting",
    site,
    line: "offline",
    problem: null,
    closed: null,
    notice: null,
    asking: "first",
    choices: {},
    minor: null,
    missing: [],
    opening: false,
    openingProblem: null,
    conversation: null,
    consent: null,
    receipt: null,
    news: null,
    messages: [],
    unsent: [],
    uploads: [],
    draft: "",
    typist: null,
    agentsOnline: site?.agents_online ?? false,
    ended: null,
    changing: false,
    changeProblem: null,
    isDeviceBlocked: false,
    isEmbedded: false,
    ui: {},
  };
}

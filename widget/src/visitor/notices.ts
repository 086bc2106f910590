// The notice on the screen: fetching it, what is ticked on it, and what a refused opening shows in its place.
import type { NoticeAnswer } from "@protocol";
import { Refused } from "../shared/refusals.ts";
import type { Store } from "../shared/store.ts";
import { withAge, withChoice } from "./asking.ts";
import { noticeIn } from "./consent_desk.ts";
import type { Asking, ChatState, Closed } from "./state.ts";

/** Refusals that mean that there is no chat here, now. */
const NO_CHAT = new Set(["site_unknown", "no_active_notice", "origin_not_allowed"]);
/** The proof of display must be fetched again. */
const DISPLAY = new Set(["display_required", "display_token_invalid", "purpose_choice_missing"]);

export class Notices {
  readonly #store: Store<ChatState>;
  readonly #fetch: () => Promise<NoticeAnswer>;

  constructor(store: Store<ChatState>, fetch: () => Promise<NoticeAnswer>) {
    this.#store = store;
    this.#fetch = fetch;
  }

  /** Fetch the notice and show it. */
  async show(asking: Asking): Promise<void> {
    const stays = asking === "within";
    if (!stays) this.#store.update({ view: asking === "first" ? "starting" : "notice", problem: null, opening: false });
    try {
      this.adopt(await this.#fetch(), asking);
    } catch (error) {
      if (!stays) this.#store.update({ view: "problem", problem: error instanceof Refused ? error.code : "no_answer" });
    }
  }

  /** Show this notice. */
  adopt(answer: NoticeAnswer, asking: Asking): void {
    const isSameText = answer.notice.sha256 === this.#store.state.notice?.notice.sha256;
    const isKept = isSameText && (asking === "once_more" || asking === "changed");
    this.#store.update({
      view: "notice",
      notice: answer,
      asking: asking === "changed" && isSameText ? "once_more" : asking,
      // A tick belongs to the text beside which it was set: another text starts without any.
      ...(isKept ? {} : { choices: {}, minor: null }),
      site: answer.site,
      agentsOnline: answer.site.agents_online,
      missing: [],
      opening: false,
      openingProblem: null,
    });
  }

  choose(purpose: string, given: boolean): void {
    this.#store.update(withChoice(this.#store.state, purpose, given));
  }

  chooseAge(minor: boolean): void {
    this.#store.update(withAge(this.#store.state, minor));
  }

  /** The server did not open a session: say why, or ask again. */
  openingRefused(refusal: Refused): void {
    const fresh = noticeIn(refusal);
    if (fresh) this.adopt(fresh, "changed");
    else if (DISPLAY.has(refusal.code)) void this.show("once_more");
    else if (refusal.code === "clause_mismatch") void this.show("altered");
    else if (NO_CHAT.has(refusal.code)) this.#store.update({ view: "problem", problem: refusal.code, opening: false });
    else if (refusal.code === "outside_opening_hours") this.#outsideHours(refusal);
    else this.#store.update({ opening: false, openingProblem: refusal.code });
  }

  #outsideHours({ detail }: Refused): void {
    const closed = { opens_at: null, messages: false, ...detail } satisfies Closed;
    this.#store.update({ view: "closed", closed, opening: false });
  }

  /** A session is over: ask for another one, where there is a chat. */
  askAfter(refusal: Refused): void {
    const fresh = noticeIn(refusal);
    if (NO_CHAT.has(refusal.code)) this.#store.update({ view: "problem", problem: refusal.code });
    else if (fresh) this.adopt(fresh, "changed");
    else void this.show("ended");
  }
}

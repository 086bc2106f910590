// Change a consent: over the socket while it is there, over HTTP when it is not (a withdrawal must always work).
import type { ConsentAnswer, ConsentChange, ConsentView, NoticeAnswer } from "@protocol";
import { Refused } from "../shared/refusals.ts";
import type { Store } from "../shared/store.ts";
import { renderedSha256 } from "./rendered.ts";
import type { VisitorLine } from "./protocol.ts";
import type { ChatState } from "./state.ts";

export interface ConsentRequests {
  fetch: (token: string) => Promise<ConsentAnswer>;
  change: (token: string, change: ConsentChange) => Promise<ConsentAnswer>;
}

export interface ConsentDeskParts {
  store: Store<ChatState>;
  requests: ConsentRequests;
  fetchNotice: () => Promise<NoticeAnswer>;
  token: () => string | null;
  line: () => VisitorLine | null;
  changed: (consent: ConsentView) => void;
}

export class ConsentDesk {
  readonly #parts: ConsentDeskParts;
  #isInforming = false;

  constructor(parts: ConsentDeskParts) {
    this.#parts = parts;
  }

  /** Change the consent; a true needs the notice that was shown again, and its texts as rendered. */
  async decide(choices: Record<string, boolean>, shown?: NoticeAnswer, texts?: readonly string[]): Promise<boolean> {
    const { store } = this.#parts;
    store.update({ changing: true, changeProblem: null });
    const change: ConsentChange = { choices };
    if (shown && texts) {
      change.display_token = shown.display_token;
      change.rendered_sha256 = await renderedSha256(texts);
      change.locale = shown.notice.locale;
    }
    const outcome = await this.#send(change);
    store.update({ changing: false });
    if (outcome instanceof Refused || outcome === null) {
      const { consent } = store.state;
      if (consent && !consent.may_talk) this.#parts.changed(consent);
      store.update({ changeProblem: outcome?.code ?? "no_answer" });
      const fresh = outcome ? noticeIn(outcome) : null;
      if (fresh) store.update({ notice: fresh });
      return false;
    }
    store.update({ receipt: outcome.receipt });
    this.#parts.changed(outcome.consent);
    return true;
  }

  /** Say no to everything that was agreed to: the chat ends, and the answer brings its receipt. */
  async withdrawAll(): Promise<void> {
    const given = Object.entries(this.#parts.store.state.consent?.choices ?? {}).filter(([, isGiven]) => isGiven);
    await this.decide(Object.fromEntries(given.map(([purpose]) => [purpose, false])));
  }

  /** A text came out that needs no decision: show where it is, and let the server note that it was told, once. */
  async inform(): Promise<void> {
    const { store, fetchNotice, changed } = this.#parts;
    if (this.#isInforming) return;
    this.#isInforming = true;
    try {
      const news = await fetchNotice();
      store.update({ news });
      const answer = await this.#send({ choices: {}, display_token: news.display_token, locale: news.notice.locale });
      if (answer && !(answer instanceof Refused)) changed(answer.consent);
    } catch {
      // Not told yet: the server goes on saying that it is to be told.
    }
    this.#isInforming = false;
  }

  /** The visitor closed the note about the new text. */
  noted(): void {
    this.#parts.store.update({ news: null });
  }

  /** Returns the answer, the refusal, or null when nobody answered. */
  async #send(change: ConsentChange): Promise<ConsentAnswer | Refused | null> {
    const line = this.#parts.line();
    try {
      if (line?.isOnline) return await line.request("consent_change", change);
    } catch (error) {
      if (error instanceof Refused && error.code !== "closed") return error;
    }
    try {
      return await this.#parts.requests.change(this.#parts.token() ?? "", change);
    } catch (error) {
      return error instanceof Refused ? error : null;
    }
  }

  /** Fetch the current notice beside a chat that goes on, to show what is agreed to or asked. */
  async loadNotice(): Promise<void> {
    try {
      this.#parts.store.update({ notice: await this.#parts.fetchNotice() });
    } catch (error) {
      this.#parts.store.update({ changeProblem: error instanceof Refused ? error.code : "no_answer" });
    }
  }

  /** Fetch the receipt, after a reload. */
  async loadReceipt(): Promise<void> {
    const token = this.#parts.token();
    if (this.#parts.store.state.receipt || !token) return;
    try {
      this.#parts.store.update({ receipt: (await this.#parts.requests.fetch(token)).receipt });
    } catch {
      // The receipt can be asked for again at any time; the page shows the rest without it.
    }
  }
}

/** The notice with which the server answers a decision about an old one. */
export function noticeIn(refusal: Refused): NoticeAnswer | null {
  const notice = refusal.detail["notice"] as NoticeAnswer | undefined;
  return notice?.notice && notice.display_token ? notice : null;
}

/** Why a consent does not carry the chat any more: its time was over, or somebody withdrew it. */
export function endOfConsent(before: ConsentView | null, now: ConsentView): "consent_expired" | "consent_withdrawn" {
  // Both are the server's times, in one form.
  return before?.ends_at && now.changed_at >= before.ends_at ? "consent_expired" : "consent_withdrawn";
}

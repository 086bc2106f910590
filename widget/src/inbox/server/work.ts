// What agents do with a conversation beside talking: notes, tags, handing over, closing words, drafts, suggestions.

import type { Connection } from "../../shared/connection.ts";
import { NoAnswer, Refused } from "../../shared/refusals.ts";
import type { Action } from "../state/actions.ts";
import { NO_ANSWER } from "./outgoing.ts";
import { may } from "../rights.ts";
import type { Remark, State } from "../state/state.ts";
import type { Store } from "../state/store.ts";
import type { AgentTraffic } from "./traffic.ts";
import type { AgentAdd, AgentAdded, CannedRendered, CannedSave, ConversationAnswer } from "./wire.ts";
import { draftOf } from "../state/work_state.ts";

type Wire = Pick<Connection<AgentTraffic>, "request" | "tell">;

const DRAFT_DELAY_MILLISECONDS = 1200;
const SEARCH_DELAY_MILLISECONDS = 200;
const SEARCH_PAGE = 30;

export class Work {
  private readonly store: Store;
  private readonly wire: Wire;
  private readonly newId: () => string;
  private readonly savers = new Map<string, ReturnType<typeof setTimeout>>();
  private toasts = 0;
  private searcher: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store, wire: Wire, newId: () => string) {
    this.store = store;
    this.wire = wire;
    this.newId = newId;
    store.watch((before, after, action) => this.follow(before, after, action));
  }

  /** Write a private note. Says whether it is stored; when not, its text is still the caller's. */
  async note(id: string, body: string): Promise<boolean> {
    return this.attempt(async () => {
      const payload = { conversation_id: id, client_id: this.newId(), body };
      this.store.dispatch({ type: "note_stored", note: (await this.wire.request("note_add", payload)).note });
    });
  }

  async tag(id: string, name: string, on: boolean): Promise<void> {
    await this.change(() => this.wire.request(on ? "tag_add" : "tag_remove", { conversation_id: id, name }));
    await this.tags();
  }

  async transfer(id: string, agentId: string, note: string): Promise<boolean> {
    const payload = { conversation_id: id, agent_id: agentId, client_id: this.newId(), note };
    const done = await this.change(() => this.wire.request("conversation_transfer", payload));
    // Refused, perhaps because the colleague just left: the next choice is among those who are here.
    if (!done) void this.agents();
    return done;
  }

  async reopen(id: string): Promise<void> {
    await this.change(() => this.wire.request("conversation_reopen", { conversation_id: id }));
  }

  async block(id: string, on: boolean, reason = ""): Promise<boolean> {
    return this.change(() => this.wire.request("visitor_block", { conversation_id: id, on, reason }));
  }

  /** Withdraw what a visitor gave, because the visitor asked an agent to. */
  async withdraw(id: string, purposes: string[], reason: string): Promise<boolean> {
    return this.attempt(async () => {
      const { consent } = await this.wire.request("consent_withdraw", { conversation_id: id, purposes, reason });
      this.store.dispatch({ type: "consent_changed", conversation_id: id, consent });
    });
  }

  /** Fill in a canned reply for a conversation; null when the server could not. */
  async render(cannedId: string, id: string): Promise<CannedRendered | null> {
    return this.ask("canned_render", { id: cannedId, conversation_id: id });
  }

  /** Save a canned reply. What the form can explain is returned; anything else is said at the foot of the screen. */
  async saveCanned(payload: CannedSave): Promise<"saved" | "failed" | CannedProblem> {
    let problem: CannedProblem | null = null;
    const saved = await this.attempt(async () => {
      try {
        await this.wire.request("canned_save", payload);
      } catch (error) {
        problem = cannedProblem(error);
        if (problem === null) throw error;
      }
    });
    if (problem !== null) return problem;
    await this.canned();
    return saved ? "saved" : "failed";
  }

  /** Add an account. What is wrong with the address is returned for the form; anything else is said at the foot of the screen. */
  async addAgent(payload: AgentAdd): Promise<AgentAdded | AddressProblem | null> {
    let answer: AgentAdded | AddressProblem | null = null;
    await this.attempt(async () => {
      try {
        answer = await this.wire.request("agent_add", payload);
      } catch (error) {
        answer = addressProblem(error);
        if (answer === null) throw error;
      }
    });
    return answer;
  }

  /** Say what was done, with a way to take it back. */
  toast(words: string, undo: (() => void | Promise<void>) | null = null): void {
    this.toasts += 1;
    this.store.dispatch({ type: "toasted", toast: { id: this.toasts, words, undo: undo === null ? null : () => void undo() } });
  }

  /** Say what happened in a chat, with the way to it. */
  toastOf(chat: string, words: string): void {
    this.toasts += 1;
    this.store.dispatch({ type: "toasted", toast: { id: this.toasts, words, undo: null, chat } });
  }

  async canned(): Promise<void> {
    if (!may(this.store.get().me, "canned_list")) return;
    await this.attempt(async () => {
      const { replies } = await this.wire.request("canned_list", {});
      this.store.dispatch({ type: "canned_came", replies });
    });
  }

  async tags(): Promise<void> {
    await this.attempt(async () => {
      this.store.dispatch({ type: "tags_came", tags: (await this.wire.request("tag_list", {})).tags });
    });
  }

  async agents(): Promise<void> {
    await this.attempt(async () => {
      this.store.dispatch({ type: "agents_came", agents: (await this.wire.request("agents_list", {})).agents });
    });
  }

  /** Ask for what may be answered to the visitor who waits; asked again only when the visitor wrote again. */
  async suggest(id: string, lastSeq: number): Promise<void> {
    const { me, comfort, suggestions } = this.store.get();
    if (!comfort.suggest || !may(me, "suggestion_list") || (suggestions[id]?.after_seq ?? -1) >= lastSeq) return;
    await this.attempt(async () => {
      const answer = await this.wire.request("suggestion_list", { conversation_id: id });
      this.store.dispatch({ type: "suggestions_came", id, answer });
    });
  }

  /** Tell the server that a suggestion helped; whether it hears that changes nothing here. */
  used(id: string, text: string): void {
    this.wire.request("suggestion_use", { conversation_id: id, text }).catch(() => undefined);
  }

  /** Tell colleagues what is on this screen. */
  viewing(id: string, on: boolean): void {
    // Not by `tell`, which drops what does not go out at once; a refusal is said by the opening itself.
    this.wire.request("viewing", { conversation_id: id, on }).then(
      (answer) => answer?.colleagues && on && this.store.dispatch({ type: "colleagues_came", id, colleagues: answer.colleagues }),
      () => undefined,
    );
  }

  /** Ask for the next page of what was found. */
  async moreFound(): Promise<void> {
    const { found } = this.store.get();
    if (found?.next !== null && found !== null) await this.search(found.query, found.next);
  }

  /** Ask for what a page shows; null when the server refused, which is then said at the foot of the screen. */
  async ask<Name extends keyof AgentTraffic["requests"] & string>(
    name: Name,
    payload: AgentTraffic["requests"][Name]["payload"],
  ): Promise<AgentTraffic["requests"][Name]["answer"] | null> {
    let answer: AgentTraffic["requests"][Name]["answer"] | null = null;
    await this.attempt(async () => {
      answer = await this.wire.request(name, payload);
    });
    return answer;
  }

  private follow(before: State, after: State, action: Action): void {
    if (after.drafts !== before.drafts) this.keepDrafts(before.drafts, after.drafts, action);
    if (after.query !== before.query || after.filters !== before.filters) this.searchSoon(after.query);
    if (before.selected !== after.selected) {
      if (before.selected !== null) this.viewing(before.selected, false);
      if (after.selected !== null) this.viewing(after.selected, true);
    }
  }

  private searchSoon(query: string): void {
    clearTimeout(this.searcher);
    const words = query.trim();
    if (words.length < 2) {
      if (this.store.get().found !== null) this.store.dispatch({ type: "found", found: null });
      return;
    }
    this.searcher = setTimeout(() => void this.search(words, null), SEARCH_DELAY_MILLISECONDS);
  }

  private async search(query: string, before: string | null): Promise<void> {
    await this.attempt(async () => {
      const { filters, found } = this.store.get();
      const payload = { query: query.slice(0, 200), filters, limit: SEARCH_PAGE, before };
      const { hits, next } = await this.wire.request("conversation_search", payload);
      // Meanwhile something else may stand in the field.
      if (this.store.get().query.trim() !== query) return;
      const all = before === null ? hits : [...(found?.hits ?? []), ...hits];
      this.store.dispatch({ type: "found", found: { query, hits: all, next } });
    });
  }

  private keepDrafts(before: State["drafts"], after: State["drafts"], action: Action): void {
    // What came from the server or from this browser's own store need not go back.
    if (action.type !== "draft_set") return;
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (before[key] === after[key]) continue;
      clearTimeout(this.savers.get(key));
      const empty = after[key] === undefined;
      if (empty) this.saveDraft(key);
      else this.savers.set(key, setTimeout(() => this.saveDraft(key), DRAFT_DELAY_MILLISECONDS));
    }
  }

  private saveDraft(key: string): void {
    this.savers.delete(key);
    const { id, kind } = draftOf(key);
    const body = this.store.get().drafts[key] ?? "";
    // What the server could not take is still kept in this browser.
    this.wire.request("draft_set", { conversation_id: id, kind, body: body.slice(0, 20_000) }).catch(() => undefined);
  }

  private async change(ask: () => Promise<ConversationAnswer>): Promise<boolean> {
    return this.attempt(async () => {
      this.store.dispatch({ type: "conversation_changed", conversation: (await ask()).conversation });
    });
  }

  /** Do a thing; a refusal becomes a line on the screen. Says whether it was done. */
  private async attempt(job: () => Promise<void>): Promise<boolean> {
    try {
      await job();
      return true;
    } catch (error) {
      const remark = asRemark(error);
      if (remark.code !== NO_ANSWER) this.store.dispatch({ type: "remarked", ...remark });
      return false;
    }
  }
}

/** Why a canned reply was not saved, as far as its form can say it. */
export type CannedProblem = { kind: "shortcut_taken" | "shortcut_invalid" } | { kind: "unknown_variable"; variable: string };

function cannedProblem(error: unknown): CannedProblem | null {
  if (!(error instanceof Refused) || error.code !== "payload_invalid") return null;
  const { problem, variable, field } = error.detail;
  if (problem === "unknown_variable") return { kind: problem, variable: String(variable) };
  if (problem === "shortcut_taken") return { kind: problem };
  return field === "shortcut" ? { kind: "shortcut_invalid" } : null;
}

/** Why an account was not added, as far as its form can say it. */
export type AddressProblem = "address_taken" | "address_invalid";

function addressProblem(error: unknown): AddressProblem | null {
  if (!(error instanceof Refused) || error.detail["field"] !== "email") return null;
  return error.detail["problem"] === "address_taken" ? "address_taken" : "address_invalid";
}

/** Return what to tell the agent about an error of the connection; any other error is a defect and goes on. */
export function asRemark(error: unknown): Remark {
  if (error instanceof NoAnswer) return { code: NO_ANSWER, retry_after_seconds: null };
  if (!(error instanceof Refused)) throw error;
  if (error.code === "payload_invalid" && error.detail["field"] === "code") {
    return { code: "second_factor_wrong", retry_after_seconds: null };
  }
  if (error.detail["field"] === "agent_id") return { code: "agent_gone", retry_after_seconds: null };
  if (error.detail["problem"] === "last_admin") return { code: "last_admin", retry_after_seconds: null };
  const wait = error.detail["retry_after_seconds"];
  return { code: error.code, retry_after_seconds: typeof wait === "number" ? wait : null };
}

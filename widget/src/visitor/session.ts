// The visitor's session: from the notice to the last message, over every lost line, without losing what was typed.
import type { ConsentView, MessageView, OpenSession, SessionOpened, SessionResumed, VisitorConversation } from "@protocol";
import type { LineState } from "../shared/connection.ts";
import { Refused } from "../shared/refusals.ts";
import { Store } from "../shared/store.ts";
import { About } from "./about.ts";
import { decided, lacking } from "./asking.ts";
import { Aside } from "./aside.ts";
import { ConsentDesk, endOfConsent, noticeIn } from "./consent_desk.ts";
import { visitorFiles, type VisitorFiles } from "./files.ts";
import { Notices } from "./notices.ts";
import { openSession } from "./opening.ts";
import { Outgoing } from "./outgoing.ts";
import { Reading } from "./reading.ts";
import { renderedSha256 } from "./rendered.ts";
import type { VisitorLine } from "./protocol.ts";
import type { SessionParts } from "./session_parts.ts";
import { type ChatState, initialState } from "./state.ts";
import { contiguousSeq, hasGap, mergeMessages, stillUnsent } from "./thread.ts";
import { TypingSignal } from "./typing.ts";

/** Ends after which this browser keeps nothing of the chat. */
const IS_FORGOTTEN = new Set(["consent_withdrawn", "consent_expired", "erased"]);
const GAP_PATIENCE_MS = 1500;
const OPENING_PATIENCE_MS = 10_000;

/** Refusals that say nothing about the session: the server is busy, or its database is away. It is tried again. */
const PASSING = new Set(["rate_limited", "storage_unavailable", "middleware_error"]);

export class VisitorSession {
  readonly store: Store<ChatState>;
  readonly notices: Notices;
  readonly consent: ConsentDesk;
  readonly about = new About();
  readonly aside: Aside;
  readonly files: VisitorFiles;
  readonly #parts: SessionParts;
  readonly #outgoing: Outgoing;
  readonly #reading: Reading;
  readonly #typing = new TypingSignal((on) => this.#line?.tell("typing", { on }));
  #line: VisitorLine | null = null;
  #token: string | null = null;
  #answer: OpenSession | null = null;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #gapTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.store = new Store({
      ...initialState(parts.site),
      isDeviceBlocked: parts.device.isBlocked,
      isEmbedded: parts.shop.isEmbedded,
    });
    const fetchNotice = () => parts.fetchNotice(parts.siteId, parts.locale());
    this.notices = new Notices(this.store, fetchNotice);
    this.files = visitorFiles(this.store, () => this.#token);
    this.#outgoing = new Outgoing({
      store: this.store,
      send: (payload) => this.#connected().request("message_send", payload),
      stored: (message) => this.#store([message]),
      changed: (unsent) => this.#parts.device.update({ unsent: unsent.length > 0 ? unsent : undefined }),
      sessionRefused: (refusal) => this.#sessionRefused(refusal),
    });
    this.consent = new ConsentDesk({
      store: this.store,
      requests: parts.consentRequests,
      fetchNotice,
      token: () => this.#token,
      line: () => this.#line,
      changed: (consent) => this.#consentChanged(consent),
    });
    this.aside = new Aside({
      store: this.store,
      device: parts.device,
      exercise: parts.exercise,
      token: () => this.#token,
      line: () => this.#connected(),
      ended: (reason) => this.#ended(reason),
    });
    this.#reading = new Reading({
      store: this.store,
      shop: parts.shop,
      tellSeen: (seq) => this.#line?.tell("message_seen", { seq }),
    });
    parts.device.onOtherTab((token) => this.#otherTab(token));
  }

  /** Go on with the session of this browser, or show the notice. */
  async start(): Promise<void> {
    const kept = this.#parts.device.read();
    if (!kept) return this.notices.show("first");
    this.#token = kept.token;
    this.store.update({ view: "chat", draft: kept.draft, unsent: kept.unsent ?? [], ui: kept.ui });
    this.#connected().open();
  }

  /** "No, thanks": nothing is kept, and nothing is asked again on this page. In an open chat it withdraws. */
  refuse(): void {
    if (this.store.state.asking === "within" && this.#token) return void this.consent.withdrawAll();
    this.store.update({ view: "refused", choices: {}, missing: [], openingProblem: null });
  }

  /** Start chat: `texts` are the clauses as they stand on the screen. */
  async startChat(texts: readonly string[]): Promise<void> {
    const { state } = this.store;
    const { notice } = state;
    if (!notice) return;
    const missing = lacking(state);
    this.store.update({ missing, openingProblem: null });
    if (missing.length > 0) return;
    if (state.asking === "within" && this.#token) {
      if (await this.consent.decide(decided(state), notice, texts)) this.#backToChat();
      return;
    }
    this.store.update({ opening: true });
    this.#open(openSession(this.#parts, notice, state, await renderedSha256(texts), this.#answer));
  }

  #open(answer: OpenSession): void {
    this.#answer = answer;
    this.#token = null;
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      if (this.store.state.opening) this.store.update({ opening: false, openingProblem: "no_answer" });
    }, OPENING_PATIENCE_MS);
    this.#reconnect();
  }

  #connected(): VisitorLine {
    if (this.#line) return this.#line;
    const line = this.#parts.connect({
      auth: () => this.#handshake(),
      onState: (state) => this.#lineChanged(state),
      onRefused: (refusal) => this.#handshakeRefused(refusal),
    });
    line.on("session_opened", (event) => this.#opened(event));
    line.on("session_resumed", (event) => this.#resumed(event));
    line.on("message_stored", ({ message }) => this.#store([message]));
    line.on("conversation_changed", ({ conversation }) => this.#conversationChanged(conversation));
    line.on("consent_changed", ({ consent }) => this.#consentChanged(consent));
    line.on("agent_presence", ({ agents_online }) => this.store.update({ agentsOnline: agents_online }));
    line.on("typing", ({ on, author_name }) => this.store.update({ typist: on ? (author_name ?? "") : null }));
    line.on("session_closed", ({ reason }) => this.#ended(reason));
    this.#line = line;
    return line;
  }

  #handshake(): object {
    if (this.#token) return { session_token: this.#token, last_seq: contiguousSeq(this.store.state.messages) };
    return this.#answer ?? {};
  }

  #reconnect(): void {
    const line = this.#connected();
    line.close();
    line.open();
  }

  #lineChanged(line: LineState): void {
    this.store.update(line === "online" ? { line } : { line, typist: null });
    if (line === "online" && this.#token) {
      void this.about.tell(this.#line);
      this.#outgoing.retryUnanswered();
      this.seen();
    }
  }

  #handshakeRefused(refusal: Refused): void {
    clearTimeout(this.#patience);
    if (this.#token && PASSING.has(refusal.code)) {
      const seconds = Number(refusal.detail["retry_after_seconds"] ?? refusal.detail["retry_after"] ?? 10);
      setTimeout(() => this.#connected().open(), seconds * 1000);
    } else if (this.#token) {
      this.#sessionLost(refusal);
    } else {
      this.notices.openingRefused(refusal);
    }
  }

  /** Leave a message outside the shop's hours: the same gate, and an ordinary conversation. */
  leave(body: string, email: string): void {
    this.store.update({ draft: body, opening: true, openingProblem: null });
    if (email) this.about.field("email", email);
    this.#open({ ...this.#answer!, written: true });
  }

  /** The server does not know the session any more: ask again, and keep what was typed. */
  #sessionLost(refusal: Refused): void {
    if (refusal.code === "closed") return this.#ended("agent");
    this.#keepText();
    this.#forget();
    this.notices.askAfter(refusal);
  }

  #opened(event: SessionOpened): void {
    clearTimeout(this.#patience);
    const isLeft = this.#answer?.written === true;
    this.#answer = null;
    this.#token = event.session_token;
    const { draft, closed } = this.store.state;
    this.#parts.device.write({ token: event.session_token, draft, ui: this.#parts.device.read()?.ui ?? {} });
    this.store.update({
      view: "chat",
      conversation: event.conversation,
      consent: event.consent,
      receipt: event.receipt,
      messages: mergeMessages([], event.messages),
      unsent: [],
      site: event.site,
      agentsOnline: event.site.agents_online,
      ended: null,
      notice: null,
      choices: {},
      opening: false,
      isDeviceBlocked: this.#parts.device.isBlocked,
      closed: isLeft ? closed : null,
    });
    this.#parts.shop.tell({ chatgate: "session", active: true });
    if (!isLeft) return;
    this.aside.setUi({ introduced: event.conversation.id });
    this.send(draft);
  }

  #resumed(event: SessionResumed): void {
    this.store.update({ consent: event.consent, site: event.site, agentsOnline: event.site.agents_online });
    this.#conversationChanged(event.conversation);
    this.#store(event.messages);
    this.#parts.shop.tell({ chatgate: "session", active: event.conversation.state === "open" });
  }

  #store(incoming: MessageView[]): void {
    const before = this.store.state;
    const messages = mergeMessages(before.messages, incoming);
    const unsent = stillUnsent(before.unsent, messages);
    const isAnswered = incoming.some((message) => message.author_kind !== "visitor");
    this.store.update({ messages, unsent, typist: isAnswered ? null : before.typist });
    if (unsent.length !== before.unsent.length) {
      this.#parts.device.update({ unsent: unsent.length > 0 ? unsent : undefined });
    }
    this.seen();
    clearTimeout(this.#gapTimer);
    // A gap is asked for and never guessed over: a resume brings what is missing.
    if (hasGap(messages)) this.#gapTimer = setTimeout(() => this.#reconnect(), GAP_PATIENCE_MS);
  }

  #conversationChanged(conversation: VisitorConversation): void {
    const before = this.store.state.conversation;
    if (before && before.id === conversation.id && before.rev > conversation.rev) return;
    this.store.update({ conversation });
    if (conversation.state === "closed") this.#ended(conversation.closed_reason ?? "agent");
    else if (this.store.state.ended) this.store.update({ ended: null });
  }

  #consentChanged(consent: ConsentView): void {
    const before = this.store.state.consent;
    this.store.update({ consent });
    if (!consent.may_talk) this.#ended(endOfConsent(before, consent));
    else this.seen();
  }

  #ended(reason: string): void {
    // Our own withdrawal: its answer carries the receipt and comes after the events, so the line stays until then.
    if (reason === "consent_withdrawn" && this.store.state.changing) return;
    this.#typing.stop();
    this.files.uploads.clear();
    this.store.update({ ended: reason, typist: null });
    this.#parts.shop.tell({ chatgate: "session", active: false });
    if (!IS_FORGOTTEN.has(reason)) return;
    this.#keepText();
    this.#forget();
    this.store.update({ view: "withdrawn", messages: [], conversation: null });
  }

  send(body: string): void {
    this.#typing.stop();
    this.write("");
    this.#outgoing.add(body, this.files.uploads.take());
  }

  retry = (clientId: string): void => this.#outgoing.retry(clientId);

  /** Put a message that was refused back into the composer. */
  edit(clientId: string): void {
    const back = this.#outgoing.takeBack(clientId);
    // A file that the server does not know any more has to be chosen again.
    const files = back?.reason === "attachment_unknown" ? [] : (back?.attachments ?? []);
    this.files.uploads.putBack(files, (file) => this.files.shelf.known(file));
    this.write([this.store.state.draft, back?.body].filter(Boolean).join("\n"));
  }

  /** Keep the draft. It stays in this browser and in no other place. */
  write(draft: string): void {
    this.store.update({ draft });
    this.#parts.device.update({ draft });
    if (!this.store.state.ended) this.#typing.changed(draft);
  }

  /** Call when the panel or the page came on the screen. */
  seen = (): void => {
    this.#reading.update();
    if (this.#reading.isWatched && this.store.state.consent?.inform) void this.consent.inform();
  };

  show(view: "chat" | "privacy"): void {
    this.store.update({ view, changeProblem: null });
    this.seen();
  }

  /** The shop's page said something: who the visitor is, or what the page is about. */
  heard(): void {
    if (this.#token) void this.about.tell(this.#line);
    this.seen();
  }

  #sessionRefused(refusal: Refused): boolean {
    const fresh = noticeIn(refusal);
    if (fresh) this.notices.adopt(fresh, "within");
    else if (refusal.code === "consent_withdrawn") this.#ended("consent_withdrawn");
    else if (refusal.code === "closed") this.#ended(this.store.state.ended ?? "agent");
    else if (refusal.code === "session_invalid") this.#sessionLost(refusal);
    else return false;
    return true;
  }

  #backToChat(): void {
    this.store.update({ view: "chat", notice: null, choices: {} });
    for (const one of this.store.state.unsent) this.retry(one.client_id);
  }

  /** What was not sent goes back into the composer: another session must not send it by itself. */
  #keepText(): void {
    const { draft, unsent } = this.store.state;
    this.store.update({ draft: [...unsent.map((one) => one.body), draft].filter(Boolean).join("\n"), unsent: [] });
  }

  #forget(): void {
    this.#token = null;
    this.#answer = null;
    this.files.uploads.clear();
    this.files.shelf.clear();
    this.#parts.device.clear();
    this.#parts.shop.tell({ chatgate: "session", active: false });
    this.#line?.close();
  }

  /** Another tab of the shop decided: follow it, unless a chat is going on here. */
  #otherTab(token: string | null): void {
    const { view } = this.store.state;
    if (token && token !== this.#token && (view === "notice" || view === "refused")) {
      this.#token = token;
      this.store.update({ view: "chat", messages: [], conversation: null, ended: null });
      this.#reconnect();
    }
  }
}

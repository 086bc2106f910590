// Puts the inbox together: store, connection, and everything that follows the state (title, sound, drafts, address).

import { Connection } from "../shared/connection.ts";
import { _ } from "../shared/i18n.ts";
import { newClientId } from "../shared/ids.ts";
import { Refused } from "../shared/refusals.ts";
import * as account from "./server/account.ts";
import { ServerClock } from "./server/clock.ts";
import type { Action } from "./state/actions.ts";
import { forgetWords, keepComfort, keepDrafts, keepSavedViews, keepSound, keepUnsent, keepView, loadComfort, loadDrafts, loadSavedViews, loadSound, loadUnsent, loadView } from "./keeping.ts";
import { DeskFiles } from "./server/files.ts";
import { Live } from "./server/live.ts";
import { forgetPush } from "./server/push.ts";
import { pageAddress, routeOf } from "./routes.ts";
import { createSound } from "./sound.ts";
import type { State } from "./state/state.ts";
import { initialState } from "./state/state.ts";
import { createStore } from "./state/store.ts";
import type { Store } from "./state/store.ts";
import { showIcon, titleOf } from "./tab_mark.ts";
import type { AgentTraffic } from "./server/traffic.ts";
import { unreadIn } from "./state/tallies.ts";
import type { AgentConversation } from "./server/wire.ts";
import { Work } from "./server/work.ts";
import { roleName, visitorName } from "./words.ts";
import type { Page, Theme } from "./state/work_state.ts";

const TICK_MILLISECONDS = 5000;
const RETRY_MILLISECONDS = 3000;

export class Desk {
  readonly store: Store;
  readonly live: Live;
  readonly work: Work;
  readonly files: DeskFiles;
  readonly #connection: Connection<AgentTraffic>;
  readonly #sound = createSound();
  readonly #clock = new ServerClock(() => this.store.dispatch({ type: "ticked", now: this.now() }));
  /** Whether the tab's icon has its dot; unknown before the first one is drawn. */
  #marked: boolean | null = null;

  constructor() {
    this.store = createStore({ ...initialState(Date.now(), loadComfort()), sound: loadSound(), view: loadView(), ...routeOf(location.hash) });
    this.#connection = new Connection<AgentTraffic>("/agent", {
      auth: () => ({}),
      onState: (link) => {
        this.store.dispatch({ type: "link_changed", link });
        if (link === "online") this.#catchUp();
      },
      onRefused: (refusal) => this.#refused(refusal),
    });
    const wire = this.#clock.timed(this.#connection);
    this.live = new Live(this.store, wire, newClientId, this.now);
    this.files = new DeskFiles((id) => this.#maxBytes(id));
    this.work = new Work(this.store, wire, newClientId);
    this.#listen();
    showTheme(this.store.get().comfort.theme);
    this.store.watch((before, after, action) => this.#follow(before, after, action));
  }

  #maxBytes(id: string): number {
    const { me, conversations } = this.store.get();
    const site = conversations[id]?.site_id;
    return me?.sites.find((one) => one.id === site)?.attachment_max_bytes ?? 0;
  }

  /** Server time, as far as this browser can tell, in milliseconds. */
  readonly now = (): number => this.#clock.now();

  #tick(): void {
    // Its answers say what time it is.
    if (this.#clock.jumped() && this.store.get().link === "online") void this.live.catchUp();
    this.store.dispatch({ type: "ticked", now: this.now() });
  }

  /** Begin: find out who is signed in, and connect. */
  async start(): Promise<void> {
    setInterval(() => this.#tick(), TICK_MILLISECONDS);
    addEventListener("hashchange", () => this.#followAddress());
    addEventListener("pagehide", () => this.live.flushClosing());
    await this.resume();
  }

  /** Go on with the session of the cookie, or show the sign-in. */
  async resume(): Promise<void> {
    try {
      this.#enter(await account.fetchMe());
    } catch (error) {
      if (error instanceof Refused && error.code === "sign_in_required") {
        this.store.dispatch({ type: "session_ended" });
        return;
      }
      this.store.dispatch({ type: "server_unreachable" });
      setTimeout(() => void this.resume(), RETRY_MILLISECONDS);
    }
  }

  async signIn(email: string, password: string, code?: string): Promise<void> {
    this.#enter(await account.signIn(email, password, code));
  }

  async signOut(): Promise<void> {
    const { me } = this.store.get();
    this.live.flushClosing();
    try {
      await account.signOut();
    } catch (error) {
      this.store.dispatch({
        type: "remarked",
        code: error instanceof Refused ? error.code : "server_error",
        retry_after_seconds: null,
      });
      return;
    }
    this.#connection.close();
    // The server has forgotten it with the sign-in; the browser follows as soon as it can.
    forgetPush().catch(() => undefined);
    if (me !== null) forgetWords(me.id);
    this.files.clear();
    location.hash = "";
    this.store.dispatch({ type: "signed_out" });
  }

  /** Show a conversation, or none; the address follows, so that "back" works on a phone. */
  select(id: string | null): void {
    const { selected, page } = this.store.get();
    if (id === selected && page === "chats") return;
    location.hash = id ?? "";
    this.store.dispatch({ type: "selected", id });
  }

  /** Go to a page; the address follows. */
  go(page: Page): void {
    location.hash = pageAddress(page, this.store.get().selected);
    this.store.dispatch({ type: "page_set", page });
  }

  #enter({ me, date, tookMilliseconds }: account.Account): void {
    this.#clock.heard(date, tookMilliseconds);
    this.store.dispatch({ type: "signed_in", me, drafts: loadDrafts(me.id), unsent: loadUnsent(me.id) });
    this.store.dispatch({ type: "views_set", views: loadSavedViews(me.id) });
    this.store.dispatch({ type: "ticked", now: this.now() });
    this.#connection.open();
  }

  #followAddress(): void {
    const { page, selected } = routeOf(location.hash);
    const now = this.store.get();
    if (page !== "chats") {
      if (page !== now.page) this.store.dispatch({ type: "page_set", page });
    } else if (selected !== now.selected || now.page !== "chats") this.store.dispatch({ type: "selected", id: selected });
  }

  #catchUp(): void {
    // The server takes every new connection for somebody who is here.
    if (this.store.get().presence === "away") this.live.presence("away");
    void this.live.catchUp();
    void this.work.tags();
    void this.work.agents();
    void this.work.canned();
    const { selected } = this.store.get();
    if (selected !== null) this.work.viewing(selected, true);
  }

  #refused(refusal: Refused): void {
    if (refusal.code === "sign_in_required" || refusal.code === "forbidden") {
      this.#connection.close();
      this.store.dispatch({ type: "session_ended" });
      return;
    }
    // A refused handshake does not try again by itself.
    const wait = refusal.detail["retry_after_seconds"];
    const delay = typeof wait === "number" ? wait * 1000 : RETRY_MILLISECONDS;
    setTimeout(() => this.#connection.open(), delay);
  }

  #showUnread(state: State): void {
    const shop = state.me?.sites.length === 1 ? state.me.sites[0]?.name : undefined;
    const unread = unreadIn(state.conversations, "open", state.me?.id ?? null);
    document.title = titleOf(unread, [_("Inbox"), shop ?? "ChatGate"].join(" · "));
    if (unread > 0 !== this.#marked) showIcon((this.#marked = unread > 0));
  }

  #listen(): void {
    const { dispatch } = this.store;
    // Said at every connection, and again when the role is another one: what it no longer allows is switched off at once.
    this.#connection.on("agent_ready", (me) => dispatch({ type: "me_changed", me }));
    this.#connection.on("message_stored", ({ message, ...told }) => dispatch({ type: "message_stored", message, told }));
    this.#connection.on("conversation_changed", ({ conversation }) =>
      dispatch({ type: "conversation_changed", conversation }),
    );
    this.#connection.on("consent_changed", ({ conversation_id, consent }) =>
      dispatch({ type: "consent_changed", conversation_id, consent }),
    );
    this.#connection.on("note_stored", ({ note }) => dispatch({ type: "note_stored", note }));
    this.#connection.on("colleague", (event) => dispatch({ type: "colleague_came", event }));
    this.#connection.on("conversation_erased", ({ conversation_id }) => dispatch({ type: "erased", id: conversation_id }));
    this.#connection.on("agent_seen", ({ conversation_id, ...seen }) =>
      dispatch({ type: "agent_seen", id: conversation_id, ...seen }),
    );
    this.#connection.on("canned_changed", () => void this.work.canned());
    this.#connection.on("agent_changed", () => void this.work.agents());
    this.#connection.on("presence", () => void this.work.agents());
    this.#connection.on("typing", (event) => dispatch({ type: "typing_came", event, now: this.now() }));
  }

  /** A chat becomes this agent's: by an answer, which offers the way back, or from a colleague, who leads to it. */
  #sayMine(before: State, conversation: AgentConversation): void {
    const { me, selected, sound, comfort } = before;
    const { id, assigned_agent } = conversation;
    const known = before.conversations[id];
    if (me === null || assigned_agent?.id !== me.id || known === undefined || known.assigned_agent?.id === me.id) return;
    const shown = selected === id && before.page === "chats";
    const name = visitorName(conversation);
    if (known.assigned_agent === null && this.live.answered(id)) {
      const words = shown ? _("Your answer took this chat") : _("Your answer took the chat of {name}", { name });
      this.work.toast(words, () => this.live.assign(id, null));
    } else if (!this.live.assigned(id) && conversation.state === "open") {
      if (!shown) this.work.toastOf(id, _("The chat of {name} is handed over to you", { name }));
      if (sound) this.#sound.play();
      if (comfort.notify) notify(this, id, _("A chat is handed over to you"));
    }
  }

  #follow(before: State, after: State, action: Action): void {
    if (after.conversations !== before.conversations || after.me !== before.me) this.#showUnread(after);
    if (after.sound !== before.sound) keepSound(after.sound);
    if (after.comfort !== before.comfort) {
      keepComfort(after.comfort);
      showTheme(after.comfort.theme);
    }
    if (after.me !== null) {
      if (action.type === "views_set") keepSavedViews(after.me.id, after.views);
      if (after.drafts !== before.drafts) keepDrafts(after.me.id, after.drafts);
      if (after.pending !== before.pending) keepUnsent(after.me.id, after.pending);
    }
    if (action.type === "me_changed" && before.me !== null && before.me.role !== action.me.role) {
      // What it no longer allows is gone from the screen, perhaps in the middle of a word: say why.
      this.work.toast(_("Your role is now: {role}", { role: roleName(action.me.role) }));
    }
    if (after.view !== before.view && after.signed === "in") keepView(after.view);
    if (action.type === "conversation_changed") this.#sayMine(before, action.conversation);
    if (action.type === "message_stored" && after.sound && mustSound(after, action.message)) this.#sound.play();
    if (action.type === "message_stored" && after.comfort.notify && mustSound(after, action.message)) notify(this, action.message.conversation_id, _("A visitor wrote"));
    // A session that was revoked while writing: the words wait for the same agent.
    if (isSignedOutByServer(action)) {
      this.#connection.close();
      this.store.dispatch({ type: "session_ended" });
    }
  }
}

/** Light or dark by the agent's choice; without one, as the device. */
function showTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

/** Tell of a chat outside of the page, without a word of it: others may see the screen. */
function notify(desk: Desk, id: string, words: string): void {
  if (document.visibilityState === "visible" || Notification.permission !== "granted") return;
  const note = new Notification(words, { tag: id });
  note.onclick = () => {
    window.focus();
    desk.select(id);
    note.close();
  };
}

function isSignedOutByServer(action: Action): boolean {
  return (action.type === "remarked" || action.type === "send_failed") && action.code === "sign_in_required";
}

/** A visitor's new message sounds, unless it is on the screen already or a colleague answers that visitor. */
function mustSound(state: State, message: { conversation_id: string; author_kind: string }): boolean {
  if (message.author_kind !== "visitor") return false;
  const watched = state.selected === message.conversation_id && document.visibilityState === "visible";
  const agent = state.conversations[message.conversation_id]?.assigned_agent ?? null;
  return !watched && (agent === null || agent.id === state.me?.id);
}

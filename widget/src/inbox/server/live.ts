// Between the store and the server: asks what is missing, sends what was written, passes events on.

import type { Connection } from "../../shared/connection.ts";
import { NO_ANSWER, toResend } from "./outgoing.ts";
import { questions } from "../state/questions.ts";
import type { Question } from "../state/questions.ts";
import type { Remark, View } from "../state/state.ts";
import type { Store } from "../state/store.ts";
import type { AgentTraffic } from "./traffic.ts";
import type { AttachmentView, ConversationAnswer } from "./wire.ts";
import { asRemark } from "./work.ts";

/** What live work needs of a connection. */
export type Wire = Pick<Connection<AgentTraffic>, "request" | "tell">;

export const CLOSE_DELAY_MILLISECONDS = 5000;
const JUST_NOW_MILLISECONDS = 10_000;
const PAGE_SIZE = 100;
const FAR_PAGE_SIZE = 200;

export class Live {
  private readonly store: Store;
  private readonly wire: Wire;
  private readonly newId: (near: string) => string;
  private readonly clock: () => number;
  private readonly asking = new Map<string, boolean>();
  private readonly sending = new Map<string, Promise<void>>();
  private readonly holders = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly answeredAt = new Map<string, number>();
  private readonly assignedAt = new Map<string, number>();
  private readonly closers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(store: Store, wire: Wire, newId: (near: string) => string, clock: () => number) {
    this.store = store;
    this.wire = wire;
    this.newId = newId;
    this.clock = clock;
    store.watch((before, after, action) => {
      for (const question of questions(before, after, action)) void this.answer(question);
    });
  }

  /** Catch up after a connection: the list by revs, the open conversation by seq, then what was not sent. */
  async catchUp(): Promise<void> {
    const { view, selected, threads, pages, pending } = this.store.get();
    // The list of all open ones is needed whatever is shown: the title and the sound count by it.
    const views: View[] = view === "open" ? ["open"] : ["open", view];
    // An answer to known revs leaves out what left the list. The counts show that, but only of a counted list that is read to its end.
    const fresh = (one: View) => one === "closed" || !pages[one].loaded || pages[one].next !== null;
    await Promise.all(views.map((one) => this.answer({ ask: "list", view: one, fresh: fresh(one) })));
    if (selected !== null) {
      await this.answer({ ask: "conversation", id: selected, after_seq: threads[selected]?.complete_to ?? 0 });
    }
    for (const [id, list] of Object.entries(pending)) {
      for (const one of toResend(list)) void this.send(id, one.body, one.client_id, one.attachments);
    }
  }

  /** Ask for the next page of the shown list; a large one where the agent has scrolled far beyond what is known. */
  async more(far = false): Promise<void> {
    const { view } = this.store.get();
    await this.once(`more ${view}`, async () => {
      // Read here: asked for meanwhile, this is done once more, and then for the page after.
      const { pages, filters, sort } = this.store.get();
      const before = pages[view].next;
      if (before === null) return;
      const limit = far ? FAR_PAGE_SIZE : PAGE_SIZE;
      const answer = await this.wire.request("conversation_list", { view, limit, before, filters, sort });
      this.store.dispatch({ type: "list_came", view, answer, replace: false, more: true, sort });
    });
  }

  /** Ask for what the filters leave of the shown list; what is known already stays. */
  async filtered(): Promise<void> {
    await this.once("filtered", async () => {
      const { view, filters, sort } = this.store.get();
      const answer = await this.wire.request("conversation_list", { view, limit: PAGE_SIZE, filters, sort });
      this.store.dispatch({ type: "list_came", view, answer, replace: false, more: true, sort });
    });
  }

  /** Send a message; the same `clientId` sends the same message again. */
  async send(
    id: string,
    body: string,
    clientId = this.newId(this.store.get().conversations[id]?.last_message?.id ?? id),
    attachments: readonly AttachmentView[] = [],
  ): Promise<void> {
    const { comfort, pending } = this.store.get();
    const again = pending[id]?.some((one) => one.client_id === clientId) ?? false;
    const held = comfort.hold && !again;
    const started = { type: "send_started", id, client_id: clientId, body, attachments, now: this.clock() } as const;
    this.store.dispatch(held ? { ...started, held } : started);
    const sendNow = () => void this.send(id, body, clientId, attachments);
    if (held) this.holders.set(clientId, setTimeout(sendNow, CLOSE_DELAY_MILLISECONDS));
    else await this.queue(id, body, clientId, attachments);
  }

  /** Take a held message back; its text is the caller's again. */
  takeBack(id: string, clientId: string): void {
    clearTimeout(this.holders.get(clientId));
    this.holders.delete(clientId);
    this.store.dispatch({ type: "send_dropped", id, client_id: clientId });
  }

  private async queue(
    id: string,
    body: string,
    clientId: string,
    attachments: readonly AttachmentView[],
  ): Promise<void> {
    clearTimeout(this.holders.get(clientId));
    this.holders.delete(clientId);
    // One after the other: the server keeps the order in which they were written.
    const before = this.sending.get(id) ?? Promise.resolve();
    const turn = before.then(() => this.deliver(id, body, clientId, attachments));
    this.sending.set(id, turn);
    await turn;
  }

  /** Say whether this agent has just answered in a conversation. */
  answered(id: string): boolean {
    return this.isJustNow(this.answeredAt.get(id));
  }

  /** Say whether this agent has just said whose a conversation is, here. */
  assigned(id: string): boolean {
    return this.isJustNow(this.assignedAt.get(id));
  }

  private isJustNow(at: number | undefined): boolean {
    return at !== undefined && this.clock() - at < JUST_NOW_MILLISECONDS;
  }

  private async deliver(
    id: string,
    body: string,
    clientId: string,
    attachments: readonly AttachmentView[],
  ): Promise<void> {
    this.answeredAt.set(id, this.clock());
    try {
      const files = attachments.length > 0 ? { attachment_ids: attachments.map((file) => file.id) } : {};
      const payload = { conversation_id: id, client_id: clientId, body, ...files };
      const answer = await this.wire.request("message_send", payload);
      this.store.dispatch({ type: "message_stored", message: answer.message });
    } catch (error) {
      this.store.dispatch({ type: "send_failed", id, client_id: clientId, ...asRemark(error) });
    }
  }

  /** Assign a conversation to the signed-in agent (`"me"`), to another one by id, or to nobody. */
  async assign(id: string, agent: string | null): Promise<void> {
    this.assignedAt.set(id, this.clock());
    const payload = { conversation_id: id, agent_id: agent };
    await this.change(`assign ${id}`, () => this.wire.request("conversation_assign", payload));
  }

  /** Close a conversation a few seconds from now, so that it can be undone until then. */
  close(id: string): void {
    const { conversations, closing } = this.store.get();
    if (conversations[id]?.state !== "open" || id in closing) return;
    this.store.dispatch({ type: "closing_started", id, due: this.clock() + CLOSE_DELAY_MILLISECONDS });
    this.closers.set(id, setTimeout(() => void this.closeNow(id), CLOSE_DELAY_MILLISECONDS));
  }

  /** Say why a chat is being closed; there is time again to take it back. */
  closeReason(id: string, reason: string): void {
    if (!this.closers.has(id)) return;
    clearTimeout(this.closers.get(id));
    this.store.dispatch({ type: "reason_set", id, reason });
    this.closers.set(id, setTimeout(() => void this.closeNow(id), CLOSE_DELAY_MILLISECONDS));
  }

  /** Take a closing back before it is done. */
  undoClose(id: string): void {
    clearTimeout(this.closers.get(id));
    this.closers.delete(id);
    this.store.dispatch({ type: "closing_ended", id });
  }

  /** Close without waiting any longer. */
  async closeNow(id: string): Promise<void> {
    clearTimeout(this.closers.get(id));
    this.closers.delete(id);
    await this.sendHeld(id);
    const reason = this.store.get().reasons[id];
    const payload = reason === undefined ? { conversation_id: id } : { conversation_id: id, reason };
    await this.change(`close ${id}`, () => this.wire.request("conversation_close", payload));
    this.store.dispatch({ type: "closing_ended", id });
  }

  /** Send what is still held in a chat: after it is closed, nothing can be sent any more. */
  private async sendHeld(id: string): Promise<void> {
    const held = (this.store.get().pending[id] ?? []).filter((one) => one.state === "held");
    await Promise.all(held.map((one) => this.send(id, one.body, one.client_id, one.attachments)));
  }

  /** Carry out at once what still waits to be undone: the page is about to go away. */
  flushClosing(): void {
    for (const id of [...this.closers.keys()]) void this.closeNow(id);
  }

  /** Tell that everything up to `seq` was on the screen. */
  seen(id: string, seq: number): void {
    const { link } = this.store.get();
    if (link !== "online") return;
    this.wire.tell("message_seen", { conversation_id: id, seq });
    this.store.dispatch({ type: "seen_sent", id, seq });
  }

  typing(id: string, on: boolean): void {
    this.wire.tell("typing", { conversation_id: id, on });
  }

  /** Say whether the agent takes chats. */
  presence(state: "online" | "away"): void {
    this.store.dispatch({ type: "presence_set", state });
    this.wire.tell("presence", { state });
  }

  private async change(key: string, ask: () => Promise<ConversationAnswer>): Promise<void> {
    await this.once(key, async () => {
      this.store.dispatch({ type: "conversation_changed", conversation: (await ask()).conversation });
    });
  }

  private async answer(question: Question): Promise<void> {
    if (question.ask === "list") await this.list(question.view, question.fresh);
    else await this.open(question.id, question.after_seq);
  }

  private async list(view: View, fresh: boolean): Promise<void> {
    await this.once(`list ${view} ${fresh}`, async () => {
      const { sort } = this.store.get();
      const asked = { view, limit: PAGE_SIZE, sort };
      const payload = fresh ? asked : { ...asked, known: this.known() };
      const answer = await this.wire.request("conversation_list", payload);
      this.store.dispatch({ type: "list_came", view, answer, replace: fresh, more: false, sort });
    });
  }

  private async open(id: string, afterSeq: number): Promise<void> {
    await this.once(`open ${id}`, async () => {
      try {
        const payload = { conversation_id: id, after_seq: afterSeq };
        const answer = await this.wire.request("conversation_open", payload);
        this.store.dispatch({ type: "opened", answer, after_seq: afterSeq });
      } catch (error) {
        if (asRemark(error).code !== "not_found") throw error;
        this.store.dispatch({ type: "open_refused", id });
      }
    });
  }

  private known(): Record<string, number> {
    const all = Object.values(this.store.get().conversations);
    return Object.fromEntries(all.map((one) => [one.id, one.rev]));
  }

  /** Do a thing unless it is being done; asked for meanwhile, it is done once more. */
  private async once(key: string, job: () => Promise<void>): Promise<void> {
    if (this.asking.has(key)) {
      this.asking.set(key, true);
      return;
    }
    do {
      this.asking.set(key, false);
      try {
        await job();
      } catch (error) {
        this.remark(asRemark(error));
        this.asking.delete(key);
        return;
      }
    } while (this.asking.get(key) === true);
    this.asking.delete(key);
  }

  private remark(remark: Remark): void {
    // A lost connection has its own banner, and everything is asked again when it is back.
    if (remark.code !== NO_ANSWER) this.store.dispatch({ type: "remarked", ...remark });
  }
}

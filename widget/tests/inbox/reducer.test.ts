import assert from "node:assert/strict";
import { test } from "node:test";
import { reduce } from "../../src/inbox/state/reducer.ts";
import { initialState } from "../../src/inbox/state/state.ts";
import { toResend } from "../../src/inbox/server/outgoing.ts";
import { ADAM, after, at, conversation, message, NOON, openedWith } from "./made.ts";

const opened = (...seqs: number[]) =>
  ({ type: "opened", answer: openedWith(seqs.map((seq) => message(seq))), after_seq: 0 }) as const;
const stored = (seq: number, change = {}) => ({ type: "message_stored", message: message(seq, change) }) as const;

test("a message that comes twice stands once", () => {
  const state = after(opened(1), stored(2), stored(2));
  assert.deepEqual(state.threads["c1"]?.messages.map((one) => one.seq), [1, 2]);
  assert.equal(state.conversations["c1"]?.unread, 1);
});

test("messages stand in the order of their seq, and one behind a gap waits for what is missing", () => {
  const gap = after(opened(1), stored(3));
  assert.deepEqual(gap.threads["c1"]?.messages.map((one) => one.seq), [1]);
  const filled = reduce(gap, stored(2));
  assert.deepEqual(filled.threads["c1"]?.messages.map((one) => one.seq), [1, 2, 3]);
});

test("an answer after a seq is added to what is known and takes in what came early", () => {
  const gap = after(opened(1), stored(4));
  const answer = openedWith([message(2), message(3)], { last_seq: 3 });
  const state = reduce(gap, { type: "opened", answer, after_seq: 1 });
  assert.deepEqual(state.threads["c1"]?.messages.map((one) => one.seq), [1, 2, 3, 4]);
  assert.equal(state.threads["c1"]?.complete_to, 4);
});

test("an erased message leaves no gap that is asked about for ever", () => {
  const state = after({ type: "opened", answer: openedWith([message(1), message(3)]), after_seq: 0 });
  assert.equal(state.threads["c1"]?.complete_to, 3);
  assert.deepEqual(state.threads["c1"]?.ahead, []);
});

test("an older rev changes nothing", () => {
  const newer = conversation({ rev: 5, unread: 2 });
  const state = after(
    { type: "conversation_changed", conversation: newer },
    { type: "conversation_changed", conversation: conversation({ rev: 4, state: "closed" }) },
  );
  assert.equal(state.conversations["c1"], newer);
  assert.equal(state.counts.open, 1);
});

test("the counts follow a conversation that is taken and then closed", () => {
  const mine = conversation({ rev: 2, assigned_agent: { id: "adam", name: "Adam" } });
  const taken = after({ type: "conversation_changed", conversation: mine });
  assert.deepEqual(taken.counts, { open: 1, mine: 1, unassigned: 0 });
  const closed = reduce(taken, { type: "conversation_changed", conversation: { ...mine, rev: 3, state: "closed" } });
  assert.deepEqual(closed.counts, { open: 0, mine: 0, unassigned: 0 });
});

test("a visitor's message starts the waiting, an agent's message ends it", () => {
  const waiting = after(stored(1));
  assert.equal(waiting.conversations["c1"]?.waiting_since, at(1));
  const answered = reduce(waiting, stored(2, { author_kind: "agent" }));
  assert.equal(answered.conversations["c1"]?.waiting_since, null);
});

test("a bundle in which the change comes after a later message loses neither", () => {
  const told = { rev: 4, waiting_since: at(3) };
  const mine = { id: "adam", name: "Adam" };
  const state = after(
    { type: "message_stored", message: message(3), told },
    { type: "conversation_changed", conversation: conversation({ rev: 3, last_seq: 2, assigned_agent: mine }) },
  );
  const row = state.conversations["c1"];
  assert.deepEqual([row?.last_seq, row?.unread, row?.waiting_since, row?.assigned_agent], [3, 3, at(3), mine]);
});

test("a failed message keeps its client_id and its text, and goes when it is stored", () => {
  const sent = after(
    { type: "send_started", id: "c1", client_id: "k1", body: "Hello", now: NOON },
    { type: "send_failed", id: "c1", client_id: "k1", code: "no_answer", retry_after_seconds: null },
  );
  assert.equal(sent.pending["c1"]?.[0]?.state, "failed");
  const again = reduce(sent, { type: "send_started", id: "c1", client_id: "k1", body: "Hello", now: NOON });
  assert.deepEqual(again.pending["c1"]?.map((one) => [one.client_id, one.state]), [["k1", "sending"]]);
  const done = reduce(again, stored(1, { client_id: "k1", author_kind: "agent" }));
  assert.deepEqual(done.pending["c1"], []);
});

test("what was sent before a reload or a revoked sign-in is tried again with its own client_id", () => {
  const one = { client_id: "k1", body: "Hello", created_at: NOON, retry_after_seconds: null };
  const unsent = {
    c1: [
      { ...one, state: "sending" as const, code: null },
      { ...one, client_id: "k2", state: "failed" as const, code: "sign_in_required" },
      { ...one, client_id: "k3", state: "failed" as const, code: "closed" },
    ],
  };
  const state = reduce(initialState(NOON), { type: "signed_in", me: ADAM, drafts: {}, unsent });
  assert.deepEqual(toResend(state.pending["c1"] ?? []).map((pending) => pending.client_id), ["k1", "k2"]);
});

test("a withdrawal changes the consent of the row at once", () => {
  const consent = { ...conversation().consent, choices: { support: false, training: false }, may_talk: false };
  const state = after({ type: "consent_changed", conversation_id: "c1", consent });
  assert.equal(state.conversations["c1"]?.consent.may_talk, false);
});

test("typing ends by itself, with the message, and when the visitor leaves", () => {
  const event = { conversation_id: "c1", author_kind: "visitor" as const, author_name: null, on: true };
  const typing = after({ type: "typing_came", event, now: NOON });
  assert.ok("c1" in typing.typing);
  assert.deepEqual(reduce(typing, { type: "ticked", now: NOON + 7000 }).typing, {});
  assert.deepEqual(reduce(typing, stored(1)).typing, {});
  const gone = conversation({ rev: 2, visitor: { id: "v1", label: "Visitor 7A4F2", present: false, profile: [] } });
  assert.deepEqual(reduce(typing, { type: "conversation_changed", conversation: gone }).typing, {});
});

test("a full answer drops what is no longer in the list, and keeps the conversation on the screen", () => {
  const other = conversation({ id: "c2" });
  const both = after({ type: "conversation_changed", conversation: other }, { type: "selected", id: "c2" });
  const answer = { conversations: [], counts: { open: 0 }, next: null, now: at(0) };
  const state = reduce(both, { type: "list_came", view: "open", answer, replace: true, more: false, sort: "waiting" });
  assert.deepEqual(Object.keys(state.conversations), ["c2"]);
});

test("a draft belongs to its conversation and an empty one is forgotten", () => {
  const state = after({ type: "draft_set", id: "c1", draft: "Hi" }, { type: "draft_set", id: "c2", draft: "Yes" });
  assert.deepEqual(reduce(state, { type: "draft_set", id: "c1", draft: "" }).drafts, { c2: "Yes" });
});

test("signing out leaves nothing of the visitors", () => {
  const state = after(opened(1), { type: "draft_set", id: "c1", draft: "Hi" }, { type: "signed_out" });
  assert.deepEqual([state.conversations, state.threads, state.drafts, state.me], [{}, {}, {}, null]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { groupByDay } from "../../src/inbox/state/grouping.ts";
import { sendable } from "../../src/inbox/server/outgoing.ts";
import { reduce } from "../../src/inbox/state/reducer.ts";
import { initialState } from "../../src/inbox/state/state.ts";
import type { State } from "../../src/inbox/state/state.ts";
import { longestWait, unreadIn } from "../../src/inbox/state/tallies.ts";
import { afterClosing, listed, neighbour, rowsOf, urgency, waitingSeconds } from "../../src/inbox/state/views.ts";
import { ADAM, after as afterAll, at, conversation, message, NOON } from "./made.ts";

const list = (...all: ReturnType<typeof conversation>[]) => Object.fromEntries(all.map((one) => [one.id, one]));
const ids = (rows: readonly { id: string }[]) => rows.map((row) => row.id);

test("the visitor who waits longest stands first, then the newest activity", () => {
  const all = list(
    conversation({ id: "quiet", opened_at: at(50) }),
    conversation({ id: "old", opened_at: at(10) }),
    conversation({ id: "short", waiting_since: at(40) }),
    conversation({ id: "long", waiting_since: at(20) }),
  );
  assert.deepEqual(ids(rowsOf(all, "open", "adam", "")), ["long", "short", "quiet", "old"]);
});

test("the lists tell mine from unassigned and from closed", () => {
  const all = list(
    conversation({ id: "a", assigned_agent: { id: "adam", name: "Adam" } }),
    conversation({ id: "b", assigned_agent: { id: "ewa", name: "Ewa" }, unread: 1 }),
    conversation({ id: "c", unread: 2 }),
    conversation({ id: "d", state: "closed", unread: 3 }),
  );
  assert.deepEqual(ids(rowsOf(all, "mine", "adam", "")), ["a"]);
  assert.deepEqual(ids(rowsOf(all, "unassigned", "adam", "")), ["c"]);
  assert.deepEqual(ids(rowsOf(all, "closed", "adam", "")), ["d"]);
  assert.equal(unreadIn(all, "open", "adam"), 2);
});

test("the chosen row holds its place when it is answered or taken, and rises when its visitor writes again", () => {
  const waits = (id: string, seconds: number, change = {}) => conversation({ id, waiting_since: at(seconds), ...change });
  const answered = conversation({ id: "b", rev: 2, last_message: message(1, { stored_at: at(50) }), assigned_agent: { id: "adam", name: "Adam" } });
  const before = list(waits("a", 1), waits("b", 2), waits("c", 3));
  const shown = (conversations: State["conversations"], change: Partial<State> = {}) =>
    ids(listed({ ...initialState(NOON), me: ADAM, selected: "b", held: before["b"] ?? null, conversations, ...change }));
  assert.deepEqual(shown(before), ["a", "b", "c"]);
  const after = { ...before, b: answered };
  assert.deepEqual(shown(after), ["a", "b", "c"]);
  assert.deepEqual(shown(after, { view: "unassigned" }), ["a", "b", "c"], "taken, and still where it was");
  assert.deepEqual(shown(after, { view: "mine" }), ["b"]);
  assert.deepEqual(shown(after, { filters: { agent: "none" } }), ["a", "b", "c"]);
  assert.deepEqual(shown(after, { held: null }), ["a", "c", "b"]);
  const quiet = list(waits("a", 1), conversation({ id: "b" }), waits("c", 3), conversation({ id: "d", last_message: message(1) }));
  const again = { ...quiet, b: waits("b", 2) };
  assert.deepEqual(shown(quiet, { held: quiet["b"] ?? null }), ["a", "c", "d", "b"]);
  assert.deepEqual(shown(again, { held: quiet["b"] ?? null }), ["a", "b", "c", "d"]);
  const { b: _erased, ...rest } = after;
  assert.deepEqual(shown(rest), ["a", "c"]);
});

test("choosing holds a place, another list or another search lets it go", () => {
  const waiting = conversation({ rev: 2, waiting_since: at(1) });
  let state = afterAll({ type: "conversation_changed", conversation: waiting }, { type: "selected", id: "c1" });
  assert.equal(state.held?.waiting_since, at(1));
  state = reduce(state, { type: "conversation_changed", conversation: conversation({ rev: 3 }) });
  assert.equal(state.held?.waiting_since, at(1));
  assert.equal(reduce(state, { type: "view_set", view: "mine" }).held?.waiting_since, null);
  assert.equal(reduce(state, { type: "query_set", query: "cup" }).held?.waiting_since, null);
  assert.equal(reduce(state, { type: "selected", id: null }).held, null);
});

test("the tabs know who waits longest, and nobody waits after a withdrawal", () => {
  const mute = conversation({ id: "c", waiting_since: at(-900) });
  const all = list(
    conversation({ id: "a", waiting_since: at(-60) }),
    conversation({ id: "b", waiting_since: at(-300), assigned_agent: { id: "adam", name: "Adam" } }),
    { ...mute, consent: { ...mute.consent, may_talk: false } },
  );
  assert.equal(longestWait(all, "open", "adam", NOON), 300);
  assert.equal(longestWait(all, "unassigned", "adam", NOON), 60);
  assert.equal(longestWait(all, "closed", "adam", NOON), null);
});

test("a search finds every word, in the name or in the last line", () => {
  const all = list(
    conversation({ id: "a", last_message: message(1, { body: "Where is my Order?" }) }),
    conversation({ id: "b", visitor: { id: "v", label: "Ola", present: true, profile: [] } }),
  );
  assert.deepEqual(ids(rowsOf(all, "open", null, "order 4f2")), ["a"]);
  assert.deepEqual(ids(rowsOf(all, "open", null, "ola")), ["b"]);
});

test("j and k move by one row and hold at the ends", () => {
  const rows = [conversation({ id: "a" }), conversation({ id: "b" })];
  assert.equal(neighbour(rows, null, 1), "a");
  assert.equal(neighbour(rows, "a", 1), "b");
  assert.equal(neighbour(rows, "b", 1), "b");
  assert.equal(neighbour([], "a", -1), null);
});

test("after a closing comes the row below, else the one above, past those that close too", () => {
  const rows = ["a", "b", "c"].map((id) => conversation({ id }));
  assert.equal(afterClosing(rows, "a", {}), "b");
  assert.equal(afterClosing(rows, "c", {}), "b");
  assert.equal(afterClosing(rows, "b", { c: 1 }), "a");
  assert.equal(afterClosing(rows, "a", { b: 1, c: 1 }), null);
  assert.equal(afterClosing(rows, "of another list", {}), "a");
  assert.equal(afterClosing([], "a", {}), null);
});

test("a wait gets late, then overdue, and never below zero with a wrong clock", () => {
  assert.deepEqual([0, 119, 120, 300].map(urgency), ["calm", "calm", "late", "overdue"]);
  assert.equal(waitingSeconds(conversation({ waiting_since: at(60) }), NOON), 0);
  assert.equal(waitingSeconds(conversation(), NOON), null);
});

test("messages of one author within five minutes form one run, a system line stands alone", () => {
  const days = groupByDay([
    message(1),
    message(2),
    message(3, { author_kind: "agent", author_name: "Adam" }),
    message(4, { author_kind: "system" }),
    message(5, { author_kind: "system" }),
    message(6, { stored_at: at(1000) }),
    message(7, { stored_at: at(2000) }),
  ]);
  assert.deepEqual(days.map((day) => day.runs.map((run) => run.messages.length)), [[2, 1, 1, 1, 1, 1]]);
});

test("a new day begins with its own heading", () => {
  assert.equal(groupByDay([message(1), message(2, { stored_at: at(2 * 86_400) })]).length, 2);
});

test("white space alone, a NUL and 4,001 characters are not sent", () => {
  assert.deepEqual([" \n", "a\0b", "x".repeat(4001), "😀".repeat(4000)].map(sendable), [false, false, false, true]);
});

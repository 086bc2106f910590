import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action } from "../../src/inbox/state/actions.ts";
import { questions } from "../../src/inbox/state/questions.ts";
import { reduce } from "../../src/inbox/state/reducer.ts";
import type { State } from "../../src/inbox/state/state.ts";
import { after, at, conversation, message, openedWith } from "./made.ts";

function asked(before: State, action: Action) {
  return questions(before, reduce(before, action), action);
}

const selected: Action = { type: "selected", id: "c1" };
const opened: Action = { type: "opened", answer: openedWith([message(1)]), after_seq: 0 };

test("a conversation that comes on the screen is asked for, from what is known on", () => {
  assert.deepEqual(asked(after(), selected), [{ ask: "conversation", id: "c1", after_seq: 0 }]);
  assert.deepEqual(asked(after(selected, opened), selected), [{ ask: "conversation", id: "c1", after_seq: 1 }]);
});

test("the next message in order asks nothing", () => {
  assert.deepEqual(asked(after(selected, opened), { type: "message_stored", message: message(2) }), []);
});

test("a gap in seq asks for what is missing", () => {
  const expected = [{ ask: "conversation", id: "c1", after_seq: 1 }];
  assert.deepEqual(asked(after(selected, opened), { type: "message_stored", message: message(4) }), expected);
});

test("a gap in rev asks about the conversation on the screen", () => {
  const action: Action = { type: "conversation_changed", conversation: conversation({ rev: 4, last_seq: 1 }) };
  assert.deepEqual(asked(after(selected, opened), action), [{ ask: "conversation", id: "c1", after_seq: 1 }]);
  const told = { rev: 4, waiting_since: null };
  const next: Action = { type: "message_stored", message: message(2), told };
  assert.deepEqual(asked(after(selected, opened), next), [{ ask: "conversation", id: "c1", after_seq: 2 }]);
  assert.deepEqual(asked(after(), action), []);
});

test("a message of an unknown conversation asks for the list", () => {
  const action: Action = { type: "message_stored", message: message(1, { conversation_id: "new" }) };
  assert.deepEqual(asked(after(), action), [{ ask: "list", view: "open", fresh: false }]);
});

test("a changed consent asks for its words and its times", () => {
  const consent = { ...conversation().consent, changed_at: at(60) };
  const action: Action = { type: "consent_changed", conversation_id: "c1", consent };
  assert.deepEqual(asked(after(selected, opened), action), [{ ask: "conversation", id: "c1", after_seq: 1 }]);
});

test("a list that differs in number from the server's count is asked for in full, once", () => {
  const answer = { conversations: [], counts: { open: 0 }, next: null, now: at(0) };
  const partial: Action = { type: "list_came", view: "open", answer, replace: false, more: false, sort: "waiting" };
  assert.deepEqual(asked(after(), partial), [{ ask: "list", view: "open", fresh: true }]);
  assert.deepEqual(asked(after(), { ...partial, replace: true }), []);
});

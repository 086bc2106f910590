// Sending: in order, nothing lost, nothing twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageSend } from "@protocol";
import { NoAnswer, Refused } from "../../src/shared/refusals.ts";
import { Store } from "../../src/shared/store.ts";
import { Outgoing } from "../../src/visitor/outgoing.ts";
import { initialState } from "../../src/visitor/state.ts";
import { message } from "./cast.ts";

function made() {
  const store = new Store(initialState());
  const sent: MessageSend[] = [];
  const line = { fails: null as Error | null, isSession: false };
  const outgoing = new Outgoing({
    store,
    send: async (payload) => {
      sent.push(payload);
      await Promise.resolve();
      if (line.fails) throw line.fails;
      return { message: message(sent.length, { client_id: payload.client_id, body: payload.body }) };
    },
    stored: () => {},
    changed: () => {},
    sessionRefused: () => line.isSession,
  });
  return { store, sent, line, outgoing };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test("messages go out one after the other, in the order in which they were written", async () => {
  const { outgoing, sent, store } = made();
  for (const body of ["one", "two", "three"]) outgoing.add(body);
  await settled();
  assert.deepEqual(sent.map((one) => one.body), ["one", "two", "three"]);
  assert.deepEqual(store.state.unsent, []);
});

test("without an answer everything waits, and goes out under its first id later", async () => {
  const { outgoing, sent, store, line } = made();
  line.fails = new NoAnswer();
  outgoing.add("one");
  outgoing.add("two");
  await settled();
  assert.deepEqual(store.state.unsent.map((one) => one.state), ["failed", "failed"]);
  line.fails = null;
  outgoing.retryUnanswered();
  await settled();
  assert.deepEqual(sent.map((one) => one.body), ["one", "one", "two"]);
  assert.equal(sent[0]!.client_id, sent[1]!.client_id);
  assert.deepEqual(store.state.unsent, []);
});

test("a refused message stays with its reason, and the next one goes out", async () => {
  const { outgoing, sent, store, line } = made();
  line.fails = new Refused("message_refused");
  outgoing.add("bad");
  await settled();
  line.fails = null;
  outgoing.add("good");
  await settled();
  assert.deepEqual(store.state.unsent.map((one) => [one.body, one.reason]), [["bad", "message_refused"]]);
  assert.deepEqual(sent.map((one) => one.body), ["bad", "good"]);
});

test("what the server refused is not sent again by itself", async () => {
  const { outgoing, sent, line } = made();
  line.fails = new Refused("message_refused");
  outgoing.add("bad");
  await settled();
  outgoing.retryUnanswered();
  await settled();
  assert.equal(sent.length, 1);
});

test("a refusal of the session stops the queue", async () => {
  const { outgoing, sent, line } = made();
  line.fails = new Refused("consent_withdrawn");
  line.isSession = true;
  outgoing.add("one");
  outgoing.add("two");
  await settled();
  assert.deepEqual(sent.map((one) => one.body), ["one"]);
});

test("a message that is taken back gives its text and is gone", async () => {
  const { outgoing, store, line } = made();
  line.fails = new Refused("message_too_long");
  outgoing.add("long");
  await settled();
  assert.equal(outgoing.takeBack(store.state.unsent[0]!.client_id)?.body, "long");
  assert.deepEqual(store.state.unsent, []);
});

test("a message's id begins with the time of the last message, not with that of the device", async () => {
  const { store, sent, outgoing } = made();
  store.update({ messages: [message(1, { id: "0199a5b2-4c3d-7e5f-8a6b-1234567890ab" })] });
  outgoing.add("one");
  await settled();
  assert.match(sent[0]?.client_id ?? "", /^0199a5b2-4c3d-[A-Za-z0-9_-]{22}$/);
});

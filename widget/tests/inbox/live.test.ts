import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { Action } from "../../src/inbox/state/actions.ts";
import { Live } from "../../src/inbox/server/live.ts";
import type { Wire } from "../../src/inbox/server/live.ts";
import { createStore } from "../../src/inbox/state/store.ts";
import { NoAnswer, Refused } from "../../src/shared/refusals.ts";
import { after, conversation, message, NOON, openedWith } from "./made.ts";

type Answer = (payload: never) => unknown;

/** A wire that answers from a table and remembers what it was asked. */
function wired(answers: Record<string, Answer>, ...actions: Action[]) {
  const asked: Array<[string, unknown]> = [];
  const wire = {
    async request(name: string, payload: never) {
      asked.push([name, payload]);
      return answers[name]?.(payload);
    },
    tell(name: string, payload: unknown) {
      asked.push([name, payload]);
    },
  } as unknown as Wire;
  const store = createStore(after(...actions));
  let ids = 0;
  const live = new Live(store, wire, () => `client-${++ids}`, () => NOON);
  return { asked, store, live };
}

const settled = () => new Promise((done) => setImmediate(done));

test("a message that found no answer is sent again with the same client_id when the line is back", async () => {
  let down = true;
  const { asked, store, live } = wired({
    message_send: (payload: { client_id: string }) => {
      if (down) throw new NoAnswer();
      return { message: message(1, { author_kind: "agent", client_id: payload.client_id }) };
    },
    conversation_list: () => ({ conversations: [], counts: { open: 1 }, next: null }),
  });
  await live.send("c1", "Hello");
  assert.equal(store.get().pending["c1"]?.[0]?.code, "no_answer");
  down = false;
  await live.catchUp();
  await settled();
  const sent = asked.filter(([name]) => name === "message_send").map(([, payload]) => payload as { client_id: string });
  assert.deepEqual(sent.map((one) => one.client_id), ["client-1", "client-1"]);
  assert.deepEqual(store.get().pending["c1"], []);
});

test("catching up names the known revs and the last complete seq", async () => {
  const { asked, live } = wired(
    {
      conversation_list: () => ({ conversations: [], counts: { open: 1, unassigned: 1 }, next: null }),
      conversation_open: () => openedWith([message(1)]),
    },
    { type: "selected", id: "c1" },
    { type: "opened", answer: openedWith([message(1)]), after_seq: 0 },
  );
  await live.catchUp();
  assert.deepEqual(asked, [
    ["conversation_list", { view: "open", limit: 100, sort: "waiting", known: { c1: 1 } }],
    ["conversation_open", { conversation_id: "c1", after_seq: 1 }],
  ]);
});

test("two gaps while one answer is awaited ask once more, not twice", async () => {
  const { asked, store } = wired(
    { conversation_open: () => openedWith([message(2), message(3), message(4), message(5)]) },
    { type: "selected", id: "c1" },
    { type: "opened", answer: openedWith([message(1)]), after_seq: 0 },
  );
  store.dispatch({ type: "message_stored", message: message(3) });
  store.dispatch({ type: "message_stored", message: message(4) });
  store.dispatch({ type: "message_stored", message: message(5) });
  await settled();
  assert.equal(asked.length, 2);
  assert.deepEqual(store.get().threads["c1"]?.messages.map((one) => one.seq), [1, 2, 3, 4, 5]);
});

test("messages of one conversation go out one after the other", async () => {
  const order: string[] = [];
  const { live } = wired({
    message_send: async (payload: { body: string; client_id: string }) => {
      order.push(`to ${payload.body}`);
      await settled();
      order.push(`ack ${payload.body}`);
      return { message: message(order.length, { author_kind: "agent", client_id: payload.client_id }) };
    },
  });
  await Promise.all([live.send("c1", "one"), live.send("c1", "two")]);
  assert.deepEqual(order, ["to one", "ack one", "to two", "ack two"]);
});

test("closing waits for an undo, and an undone one never reaches the server", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const closed = { conversation: conversation({ rev: 2, state: "closed" }) };
  const { asked, store, live } = wired({ conversation_close: () => closed });
  live.close("c1");
  live.undoClose("c1");
  mock.timers.tick(6000);
  assert.equal(asked.length, 0);
  live.close("c1");
  mock.timers.tick(6000);
  await settled();
  assert.deepEqual(asked.map(([name]) => name), ["conversation_close"]);
  assert.equal(store.get().conversations["c1"]?.state, "closed");
  assert.deepEqual(store.get().closing, {});
});

test("a refusal is told with its seconds, and a conversation that is gone leaves the list", async () => {
  const { store, live } = wired({
    conversation_assign: () => {
      throw new Refused("rate_limited", { retry_after_seconds: 7 });
    },
    conversation_open: () => {
      throw new Refused("not_found");
    },
  });
  await live.assign("c1", "me");
  assert.deepEqual(store.get().remark, { code: "rate_limited", retry_after_seconds: 7 });
  store.dispatch({ type: "selected", id: "c1" });
  await settled();
  assert.deepEqual(Object.keys(store.get().conversations), []);
});

test("a reply that is still held goes out before its chat is closed", async () => {
  const { asked, store, live } = wired(
    {
      message_send: (payload: { client_id: string; body: string }) => ({
        message: message(1, { author_kind: "agent", client_id: payload.client_id, body: payload.body }),
      }),
      conversation_close: () => ({ conversation: conversation({ rev: 9, state: "closed" }) }),
    },
    { type: "comfort_set", comfort: { hold: true } },
  );
  void live.send("c1", "Goodbye");
  assert.equal(store.get().pending["c1"]?.[0]?.state, "held");
  live.close("c1");
  await live.closeNow("c1");
  assert.deepEqual(asked.map(([name]) => name), ["message_send", "conversation_close"]);
  assert.deepEqual(store.get().pending["c1"], []);
});

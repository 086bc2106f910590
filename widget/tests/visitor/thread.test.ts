// The message list: each message once, in order, in days and groups, and never a gap unseen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { arrange, contiguousSeq, type Group, hasGap, mergeMessages, stillUnsent } from "../../src/visitor/thread.ts";
import { message, unsent } from "./cast.ts";

test("a message that comes twice is there once", () => {
  const merged = mergeMessages([message(1)], [message(2), message(1), message(2)]);
  assert.deepEqual(merged.map((one) => one.seq), [1, 2]);
});

test("messages stand in the order of their numbers, not of their arrival", () => {
  assert.deepEqual(mergeMessages([message(3)], [message(1), message(2)]).map((one) => one.seq), [1, 2, 3]);
});

test("a gap is seen, and what is asked for begins before it", () => {
  const messages = [message(1), message(2), message(4)];
  assert.equal(hasGap(messages), true);
  assert.equal(contiguousSeq(messages), 2);
  assert.equal(hasGap([message(1), message(2)]), false);
});

test("an unsent message is gone as soon as it is stored", () => {
  const stored = { ...message(1), client_id: "client-1" };
  assert.deepEqual(stillUnsent([unsent("client-1"), unsent("client-2")], [stored]).map((one) => one.client_id), ["client-2"]);
});

test("consecutive messages of one author are one group, a pause or another author begins the next", () => {
  const items = arrange(
    [
      message(1, { stored_at: "2026-11-23T10:00:00Z" }),
      message(2, { stored_at: "2026-11-23T10:01:00Z" }),
      message(3, { stored_at: "2026-11-23T10:09:00Z" }),
      message(4, { stored_at: "2026-11-23T10:09:30Z", author_kind: "agent", author_name: "Adam" }),
    ],
    [],
  );
  const groups = items.filter((item): item is Group => item.kind === "group");
  assert.deepEqual(groups.map((group) => group.entries.length), [2, 1, 1]);
});

test("another day begins with its name", () => {
  const items = arrange([message(1, { stored_at: "2026-11-20T10:00:00Z" }), message(2, { stored_at: "2026-11-23T10:00:00Z" })], []);
  assert.deepEqual(items.map((item) => item.kind), ["day", "group", "day", "group"]);
});

test("a message keeps its place in the page when it changes from sending to stored", () => {
  const one = unsent("client-1", { at: "2026-11-23T10:00:00Z" });
  const before = arrange([], [one]);
  const after = arrange([message(1, { client_id: "client-1", stored_at: "2026-11-23T10:00:01Z" })], []);
  assert.deepEqual(before.map((item) => item.key), after.map((item) => item.key));
});

test("two thousand messages are arranged within a blink", () => {
  const many = Array.from({ length: 2000 }, (_, index) => message(index + 1));
  const started = performance.now();
  arrange(many, []);
  assert.ok(performance.now() - started < 200);
});

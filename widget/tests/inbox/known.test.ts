import assert from "node:assert/strict";
import { test } from "node:test";
import { allOf, changedBetween, only, put } from "../../src/inbox/state/known.ts";
import type { Known } from "../../src/inbox/state/known.ts";
import { longestWait, unreadIn } from "../../src/inbox/state/tallies.ts";
import { belongs, orderOf, rowsOf } from "../../src/inbox/state/views.ts";
import { at, conversation } from "./made.ts";

const MANY = 1000;

function many(): Known {
  const all = Array.from({ length: MANY }, (_, n) => conversation({ id: `c${n}`, waiting_since: n % 2 ? at(n) : null, opened_at: at(n) }));
  return put({}, ...all);
}

/** Numbers that look like chance and are the same in every run. */
function* chance(): Generator<number> {
  for (let seed = 7; ; seed = (seed * 16807) % 2147483647) yield seed;
}

test("what lies in a layer is found, listed once, and takes the place of what is below", () => {
  const before = many();
  const after = put(put(before, conversation({ id: "c7", unread: 3 })), conversation({ id: "new" }));
  assert.equal(Object.getPrototypeOf(after), before, "ten thousand are not copied for one");
  assert.deepEqual([after["c7"]?.unread, after["c8"]?.id, after["new"]?.id, after["gone"]], [3, "c8", "new", undefined]);
  assert.equal(before["c7"]?.unread, 0);
  assert.equal(allOf(after).length, MANY + 1);
  assert.equal(new Set(allOf(after).map(({ id }) => id)).size, MANY + 1);
  assert.equal(allOf(after).find(({ id }) => id === "c7")?.unread, 3);
  assert.deepEqual(changedBetween(before, after), ["c7", "new"]);
});

test("what is taken out of a layer or from below is gone", () => {
  const after = only(put(many(), conversation({ id: "new" })), ({ id }) => id !== "new" && id !== "c1");
  assert.equal(allOf(after).length, MANY - 1);
  assert.deepEqual([after["new"], after["c1"], after["c2"]?.id], [undefined, undefined, "c2"]);
});

test("a layer that grew is made one with what is below, and few are plainly copied", () => {
  let known = many();
  for (let n = 0; n < 400; n++) known = put(known, conversation({ id: `c${n}`, unread: 1 }));
  assert.equal(Object.keys(known).length < 400 || Object.getPrototypeOf(known) === Object.prototype, true);
  assert.equal(allOf(known).filter(({ unread }) => unread === 1).length, 400);
  assert.deepEqual(put(put({}, conversation()), conversation({ id: "c2" })), { c1: conversation(), c2: conversation({ id: "c2" }) });
});

test("after any changes rows and tallies are as if all of them were sorted and counted anew", () => {
  const numbers = chance();
  const next = (below: number) => (numbers.next().value as number) % below;
  let known = many();
  for (let turn = 0; turn < 600; turn++) {
    const id = `c${next(MANY + 20)}`;
    const state = next(9) === 0 ? "closed" : "open";
    const one = conversation({ id, state, unread: next(3), waiting_since: next(2) ? at(next(MANY)) : null, opened_at: at(next(MANY)) });
    known = next(50) === 0 ? only(known, (other) => other.id !== id) : put(known, one);
    const view = turn % 97 === 0 ? "closed" : "open";
    const anew = Object.values(only(known, (other) => belongs(other, view, "adam"))).sort(orderOf(view, "waiting"));
    assert.deepEqual(rowsOf(known, view, "adam", "").map((row) => row.id), anew.map((row) => row.id));
    const open = Object.values(only(known, (other) => other.state === "open"));
    assert.equal(unreadIn(known, "open", "adam"), open.filter(({ unread }) => unread > 0).length);
    const since = open.map(({ waiting_since }) => waiting_since).filter((one) => one !== null).sort()[0];
    assert.equal(longestWait(known, "open", "adam", Date.parse(since ?? at(0))), 0);
  }
});

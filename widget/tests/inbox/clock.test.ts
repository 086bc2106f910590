import assert from "node:assert/strict";
import { test } from "node:test";
import type { Wire } from "../../src/inbox/server/live.ts";
import { ServerClock } from "../../src/inbox/server/clock.ts";
import { at, NOON } from "./made.ts";

/** A browser whose clock is some milliseconds off, and can be set. */
function browser(off: number) {
  const state = { off, steady: 0, changes: 0 };
  const clock = new ServerClock(
    () => (state.changes += 1),
    () => NOON + state.steady + state.off,
    () => state.steady,
  );
  return { state, clock };
}

const off = (clock: ServerClock, truth: number) => Math.round((clock.now() - truth) / 1000);

test("an answer says what time it is, whatever the browser's clock says", () => {
  const { state, clock } = browser(86_400_000);
  assert.equal(off(clock, NOON), 86_400);
  clock.heard(at(0), 40);
  assert.equal(off(clock, NOON), 0);
  assert.equal(state.changes, 1);
});

test("the way of an answer and a header of whole seconds are no wrong clock", () => {
  const { state, clock } = browser(0);
  clock.heard(at(-1), 40);
  clock.heard(at(-4), 6000);
  assert.equal(clock.now(), NOON);
  assert.equal(state.changes, 0);
});

test("a clock that is set while the page lives is noticed once, and mended by the next answer", () => {
  const { state, clock } = browser(0);
  state.steady = 5000;
  assert.equal(clock.jumped(), false);
  state.off = -3_600_000;
  assert.equal(clock.jumped(), true);
  assert.equal(clock.jumped(), false);
  clock.heard(at(5), 20);
  assert.equal(off(clock, NOON + 5000), 0);
  // Set right again: the mend goes too.
  state.off = 0;
  assert.equal(clock.jumped(), true);
  clock.heard(at(5), 20);
  assert.equal(clock.now(), NOON + 5000);
});

test("only answers that carry a time set it, and each answer comes through unchanged", async () => {
  const { clock } = browser(600_000);
  const answers: Record<string, unknown> = { tag_list: { tags: [] }, conversation_list: { now: at(0) }, typing: null };
  const wire = { request: async (name: string) => answers[name], tell: () => undefined } as unknown as Wire;
  const timed = clock.timed(wire);
  assert.deepEqual(await timed.request("tag_list", {}), { tags: [] });
  assert.equal(await timed.request("typing", { on: true }), null);
  assert.equal(off(clock, NOON), 600);
  await timed.request("conversation_list", { view: "open" });
  assert.equal(off(clock, NOON), 0);
});

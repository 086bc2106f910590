// Typing tells that, never what.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { TypingSignal } from "../../src/visitor/typing.ts";

test("one signal at the first key, one at the pause", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const told: unknown[] = [];
  const typing = new TypingSignal((on) => told.push(on));
  typing.changed("h", 10_000);
  typing.changed("he", 10_100);
  mock.timers.tick(4000);
  assert.deepEqual(told, [true, false]);
  mock.timers.reset();
});

test("it is repeated while it lasts, and an empty field ends it", () => {
  const told: unknown[] = [];
  const typing = new TypingSignal((on) => told.push(on));
  typing.changed("h", 10_000);
  typing.changed("he", 13_000);
  typing.changed("", 13_500);
  typing.stop();
  assert.deepEqual(told, [true, true, false]);
});

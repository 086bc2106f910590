import assert from "node:assert/strict";
import { test } from "node:test";
import type { NoticeAnswer } from "@protocol";
import { ageLimit, decided, isOutOfReach, lacking, withAge, withChoice } from "../../src/visitor/asking.ts";
import { initialState } from "../../src/visitor/state.ts";

const clauses = [
  { purpose: "support", required: true },
  { purpose: "training", required: false },
];

function asked(age_limit: number | null, changes = {}) {
  return { ...initialState(), notice: { notice: { clauses, age_limit } } as unknown as NoticeAnswer, ...changes };
}

test("a shop that does not offer to children asks for no age", () => {
  assert.equal(ageLimit(asked(null)), null);
  assert.deepEqual(lacking(asked(null)), ["support"]);
});

test("the age is asked first, with nothing chosen, and not again within an open chat", () => {
  assert.deepEqual(lacking(asked(16)), ["age", "support"]);
  assert.deepEqual(lacking(asked(16, { minor: false, choices: { support: true } })), []);
  assert.deepEqual(lacking(asked(16, { asking: "within", choices: { support: true } })), []);
});

test("who says to be under age loses the tick for training and no other", () => {
  const ticked = asked(16, { choices: { support: true, training: true }, missing: ["age"] });
  assert.deepEqual(withAge(ticked, true), { minor: true, choices: { support: true }, missing: [] });
  assert.deepEqual(withAge(ticked, false), { minor: false, choices: { support: true, training: true }, missing: [] });
});

test("only an optional training clause is out of a minor's reach", () => {
  const [support, training] = clauses as [(typeof clauses)[0], (typeof clauses)[0]];
  assert.equal(isOutOfReach(training, true), true);
  assert.equal(isOutOfReach(training, null), false);
  assert.equal(isOutOfReach(support, true), false);
  assert.equal(isOutOfReach({ ...training, required: true }, true), false);
});

test("what was not ticked is a no, and a tick takes the clause out of what is missing", () => {
  assert.deepEqual(decided(asked(null, { choices: { support: true } })), { support: true, training: false });
  const state = asked(null, { missing: ["support"] });
  assert.deepEqual(withChoice(state, "support", true), { choices: { support: true }, missing: [] });
  assert.deepEqual(withChoice(state, "support", false), { choices: { support: false }, missing: ["support"] });
});

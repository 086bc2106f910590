import assert from "node:assert/strict";
import { test } from "node:test";
import { purposeStates } from "../../src/inbox/state/consent.ts";
import { commandOf } from "../../src/inbox/shortcuts.ts";
import { at, conversation } from "./made.ts";

const clause = (purpose: string, text: string) => ({ purpose, text, required: false, link_label: "", link_url: "" });
const CLAUSES = [clause("support", "May answer."), clause("training", "May learn.")];
const event = (seconds: number, choices: Record<string, boolean>) => ({ choices, event_at: at(seconds) });

function decided(choices: Record<string, boolean>, ...events: ReturnType<typeof event>[]) {
  const consent = { ...conversation().consent, choices };
  const states = purposeStates(consent, CLAUSES, { events });
  return states.map(({ purpose, decision, at: moment }) => [purpose, decision, moment]);
}

test("a purpose that was never accepted is not agreed, one that was taken back is withdrawn", () => {
  const first = event(0, { support: true, training: false });
  assert.deepEqual(decided({ support: true, training: false }, first), [
    ["support", "given", at(0)],
    ["training", "refused", at(0)],
  ]);
  const events = [event(0, { support: true, training: true }), event(60, { training: false })];
  assert.deepEqual(decided({ support: true, training: false }, ...events), [
    ["support", "given", at(0)],
    ["training", "withdrawn", at(60)],
  ]);
});

test("the time is that of the last change, not of a repeated answer", () => {
  const events = [event(0, { training: true }), event(60, { training: true }), event(90, { support: true })];
  assert.equal(decided({ support: true, training: true }, ...events)[1]?.[2], at(0));
});

test("without the events the record's own times stand, and the text is the one that was shown", () => {
  const states = purposeStates(conversation().consent, CLAUSES, {});
  assert.deepEqual(states.map((state) => [state.decision, state.text]), [
    ["given", "May answer."],
    ["refused", "May learn."],
  ]);
});

const press = (key: string, change = {}) =>
  commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, inField: false, onControl: false, ...change });

test("letters are text in a field, and Escape leaves it", () => {
  assert.deepEqual([press("e"), press("e", { inField: true }), press("Escape", { inField: true })], ["close", null, "back"]);
});

test("keys with Ctrl belong to the browser, and Enter on a button to the button", () => {
  assert.deepEqual([press("a", { ctrlKey: true }), press("Enter", { onControl: true }), press("Enter")], [null, null, "reply"]);
});

test("Alt and an arrow go on to another chat, also in the middle of a text", () => {
  const alt = (key: string) => press(key, { altKey: true, inField: true });
  assert.deepEqual([alt("ArrowDown"), alt("ArrowUp"), alt("j"), press("ArrowDown")], ["next", "previous", null, null]);
});

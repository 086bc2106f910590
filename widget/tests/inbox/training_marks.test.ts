import assert from "node:assert/strict";
import { test } from "node:test";
import { markedParts } from "../../src/inbox/training_marks.ts";

test("placeholders and hints are marked, and the parts together are the line", () => {
  const body = "I have an allergy (bad), write to [EMAIL_1] or [PHONE_12].";
  const parts = markedParts({ body, hints: ["allergy"] });
  assert.equal(parts.map((part) => part.text).join(""), body);
  assert.deepEqual(
    parts.filter((part) => part.kind !== "text").map((part) => [part.kind, part.text]),
    [
      ["hint", "allergy"],
      ["placeholder", "[EMAIL_1]"],
      ["placeholder", "[PHONE_12]"],
    ],
  );
});

test("a hint with signs of a pattern is taken as it stands", () => {
  assert.deepEqual(markedParts({ body: "a.c abc", hints: ["a.c"] }), [
    { kind: "hint", text: "a.c" },
    { kind: "text", text: " abc" },
  ]);
});

test("a line without anything is one part, an empty one none", () => {
  assert.deepEqual(markedParts({ body: "Hello [you]", hints: [] }), [{ kind: "text", text: "Hello [you]" }]);
  assert.deepEqual(markedParts({ body: "", hints: [""] }), []);
});

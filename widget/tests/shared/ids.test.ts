// Ids of the browser's own making: random, and near what the server made just before.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newClientId } from "../../src/shared/ids.ts";

const EARLIER = "0199a5b2-4c3d-7e5f-8a6b-1234567890ab";

test("an id is random and of letters that the protocol takes", () => {
  const made = new Set(Array.from({ length: 100 }, () => newClientId()));
  assert.equal(made.size, 100);
  for (const id of made) assert.match(id, /^[A-Za-z0-9_-]{22}$/);
});

test("an id near another begins with its time and is as random behind it", () => {
  const made = new Set(Array.from({ length: 100 }, () => newClientId(EARLIER)));
  assert.equal(made.size, 100);
  for (const id of made) assert.match(id, /^0199a5b2-4c3d-[A-Za-z0-9_-]{22}$/);
});

// Addresses become links, everything else stays text.
import assert from "node:assert/strict";
import { test } from "node:test";
import { breakable, splitLinks } from "../../src/visitor/links.ts";

function links(text: string): Array<string | null> {
  return splitLinks(text).filter((piece) => piece.href).map((piece) => piece.href);
}

test("the pieces together are the text", () => {
  for (const text of ["", "plain", "see https://a.example/x, please", "https://a.example", "(https://a.example/b)."]) {
    assert.equal(splitLinks(text).map((piece) => piece.text).join(""), text);
  }
});

test("a full stop or a bracket after an address does not belong to it", () => {
  assert.deepEqual(links("Look (https://a.example/b)."), ["https://a.example/b"]);
});

test("only http and https become links", () => {
  assert.deepEqual(links("javascript:alert(1) data:text/html,x file:///etc ftp://a.example"), []);
});

test("an address that hides another host behind a user name is no link", () => {
  assert.deepEqual(links("https://bank.example@evil.example/"), []);
});

test("an address ends before a direction mark", () => {
  assert.deepEqual(links("https://a.example/\u202etxt.exe"), ["https://a.example/"]);
});

test("a long address may break after its marks, a short word and a number may not", () => {
  assert.deepEqual(breakable("see https://shop.example/mugs/wisla?size=two"), [
    "see https://shop.",
    "example/",
    "mugs/",
    "wisla?",
    "size=",
    "two",
  ]);
  for (const text of ["", "either/or", "a@b.example", "Rindfleischetikettierung", "1234567890.50"]) {
    assert.deepEqual(breakable(text), [text]);
  }
});

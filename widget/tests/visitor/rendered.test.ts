// The hash of what was shown is the one that the server computes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { renderedSha256 } from "../../src/visitor/rendered.ts";
import { sha256 } from "../../src/visitor/sha256_fallback.ts";

// hashlib.sha256("Zgoda na rozmowę.\nDruga.".encode()).hexdigest()
const KNOWN = "081bf590f52e6c385c761c124c0ea01ca1fc81a96b538b67bcb208f6a7d0e252";

test("texts are joined by a line feed and hashed as UTF-8", async () => {
  assert.equal(await renderedSha256(["Zgoda na rozmowę.", "Druga."]), KNOWN);
});

test("a text that is composed otherwise has the same hash", async () => {
  assert.equal(await renderedSha256(["Zgoda na rozmowe\u0328.", "Druga."]), KNOWN);
});

test("the digest for pages without TLS is the same", () => {
  const bytes = sha256(new TextEncoder().encode("Zgoda na rozmowę.\nDruga."));
  assert.equal(Buffer.from(bytes).toString("hex"), KNOWN);
});

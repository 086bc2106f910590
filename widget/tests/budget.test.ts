// What a shop page, a visitor and an agent have to load, compressed. Needs a build.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const built = join(import.meta.dirname, "..", "..", "chatgate", "_built");
const manifest = JSON.parse(readFileSync(join(built, "manifest.json"), "utf8")) as Record<string, string>;
const script = readFileSync(join(built, "assets", manifest["visitor.js"]!), "utf8");
const locales = readdirSync(join(built, "translations"));

/** All that a visitor of one language can ever load, the digest for pages without TLS included. */
function parts(locale: string): string[] {
  return ["visitor.js", "visitor.css", `visitor.${locale}.json`, "sha256.js"].map((part) => manifest[part]!);
}

function compressed(name: string): number {
  return gzipSync(readFileSync(join(built, "assets", name)), { level: 9 }).length;
}

test("the loader has at most 3 KB", () => {
  assert.ok(compressed(manifest["loader.js"]!) <= 3 * 1024);
});

test("the script loads nothing that is not counted", () => {
  const stem = manifest["visitor.en.json"]!.replace(/-en\.json$/, "");
  const named = [...script.matchAll(/\/assets\/[\w./-]+/g)].map(([address]) => address.replace("/assets/", ""));
  assert.deepEqual(new Set(named), new Set([stem, manifest["sha256.js"]]));
  assert.deepEqual([...script.matchAll(/\b(?:import|from)\s*\(?["'`](?!\/assets\/)/g)], []);
});

for (const locale of locales) {
  test(`everything after the click has at most 40 KB (${locale})`, () => {
    const total = parts(locale).map(compressed).reduce((sum, size) => sum + size, 0);
    assert.ok(total <= 40 * 1024, `${total} bytes`);
  });
}

for (const locale of ["en", "pl"]) {
  test(`the first load of the inbox has at most 120 KB (${locale})`, () => {
    const total = ["inbox.js", "inbox.css", `inbox.${locale}.json`].map((part) => compressed(manifest[part]!)).reduce((sum, size) => sum + size, 0);
    assert.ok(total <= 120 * 1024, `${total} bytes`);
  });
}

test("the script carries numbers in place of texts, so that nobody loads a language twice", () => {
  const texts = (JSON.parse(readFileSync(join(built, "i18n", "visitor-en.json"), "utf8")) as Record<string, unknown>);
  assert.ok(Object.keys(texts).length > 100);
  assert.deepEqual(Object.keys(texts).filter((text) => text.length > 20 && script.includes(text)), []);
});

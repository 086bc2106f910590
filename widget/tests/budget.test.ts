// What a shop page and a visitor have to load, compressed. Needs a build.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const built = join(import.meta.dirname, "..", "..", "chatgate", "_built");
const manifest = JSON.parse(readFileSync(join(built, "manifest.json"), "utf8")) as Record<string, string>;

function compressed(name: string): number {
  return gzipSync(readFileSync(join(built, "assets", name)), { level: 9 }).length;
}

test("the loader has at most 3 KB", () => {
  assert.ok(compressed(manifest["loader.js"]!) <= 3 * 1024);
});

test("everything after the click has at most 40 KB, in the language that needs most", () => {
  const catalogs = readdirSync(join(built, "assets", "i18n")).filter((name) => name.startsWith("visitor-"));
  const largest = Math.max(0, ...catalogs.map((name) => compressed(`i18n/${name}`)));
  const scripts = [manifest["visitor.js"]!, ...manifest["visitor.preload"]!.split(" ").filter(Boolean)];
  const total = [...scripts, manifest["visitor.css"]!].map(compressed).reduce((sum, size) => sum + size, largest);
  assert.ok(total <= 40 * 1024, `${total} bytes`);
});

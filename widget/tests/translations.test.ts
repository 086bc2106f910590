// Every text of the browser code is in the catalogs' template, and nothing else is.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { keysOfTemplate, textsOf } from "./sources.ts";

const widget = join(import.meta.dirname, "..");
const texts = textsOf(join(widget, "src"));

test("no text stands in the sources untranslated", () => {
  assert.deepEqual(texts.mistakes, []);
});

test("the template has exactly the texts that the compiler finds", () => {
  const template = keysOfTemplate(join(widget, "..", "translations", "chatgate.pot"), "widget/src/");
  assert.deepEqual([...texts.keys].filter((key) => !template.has(key)), [], "missing from the template");
  assert.deepEqual([...template].filter((key) => !texts.keys.has(key)), [], "in the template only");
});

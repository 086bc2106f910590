// What holds in every style sheet of widget and inbox.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const sources = join(import.meta.dirname, "..", "src");
const sheets = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".css"));

interface Rule {
  selector: string;
  /** The conditions that it stands in, from the outside. */
  within: readonly string[];
}

/** Return the rules of a sheet with the at-rules around each. */
function rulesOf(css: string): Rule[] {
  const rules: Rule[] = [];
  const open: string[] = [];
  for (const [, words = "", brace] of css.replace(/\/\*.*?\*\//gs, "").matchAll(/([^{};]*)([{};])/g)) {
    if (brace === "}") open.pop();
    if (brace !== "{") continue;
    const selector = words.trim().replace(/\s+/g, " ");
    if (!selector.startsWith("@")) rules.push({ selector, within: [...open] });
    open.push(selector);
  }
  return rules;
}

test("what a finger touched does not stay hovered: hovering is only where there is a pointer", () => {
  const loose = sheets.flatMap((name) =>
    rulesOf(readFileSync(join(sources, name), "utf8"))
      .filter(({ selector, within }) => selector.includes(":hover") && !within.includes("@media (hover: hover)"))
      .map(({ selector }) => `${name}: ${selector}`),
  );
  assert.deepEqual(loose, []);
});

test("colours stand in one file", () => {
  const literal = /#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|oklab)a?\(|:\s*(?:white|black)\b/i;
  const elsewhere = sheets
    .filter((name) => !name.endsWith("tokens.css"))
    .flatMap((name) => readFileSync(join(sources, name), "utf8").split("\n").filter((line) => literal.test(line)).map((line) => `${name}: ${line}`));
  assert.deepEqual(elsewhere, []);
});

test("every token that a sheet names is there: an unknown one would take the whole line away in silence", () => {
  const all = sheets.map((name) => readFileSync(join(sources, name), "utf8")).join("\n");
  const given = new Set([...all.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
  // Without a second value after a comma, for when there is none.
  const named = new Set([...all.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name));
  assert.deepEqual([...named].filter((name) => !given.has(name)), []);
});

test("the rules are read: one with a condition and one without", () => {
  const css = "/* a:hover {} */ a { color: red } @media (hover: hover) { a:hover { color: blue; } } b:hover,\nc { top: 0 }";
  assert.deepEqual(rulesOf(css), [
    { selector: "a", within: [] },
    { selector: "a:hover", within: ["@media (hover: hover)"] },
    { selector: "b:hover, c", within: [] },
  ]);
});

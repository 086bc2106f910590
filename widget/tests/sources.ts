// The texts in our sources, as the TypeScript compiler reads them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

export interface Texts {
  keys: Set<string>;
  /** Calls whose key is not a plain string, and words that stand in TSX untranslated: file and line. */
  mistakes: string[];
}

/** Read every source under `folder`. */
export function textsOf(folder: string): Texts {
  const texts: Texts = { keys: new Set(), mistakes: [] };
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!/\.tsx?$/.test(name) || name.endsWith(".d.ts")) continue;
    const path = join(folder, name);
    const kind = name.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    visit(ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true, kind), texts);
  }
  return texts;
}

function visit(node: ts.Node, texts: Texts): void {
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) collect(node, node.expression.text, texts);
  if (ts.isJsxText(node) && /\p{L}{2}/u.test(node.text)) texts.mistakes.push(`${place(node)} ${node.text.trim()}`);
  if (ts.isJsxAttribute(node) && isSpoken(node)) texts.mistakes.push(`${place(node)} ${node.getText()}`);
  ts.forEachChild(node, (child) => visit(child, texts));
}

function collect(call: ts.CallExpression, name: string, texts: Texts): void {
  const count = name === "_" ? 1 : name === "ngettext" ? 2 : 0;
  for (const key of call.arguments.slice(0, count)) {
    if (ts.isStringLiteral(key)) texts.keys.add(key.text);
    else texts.mistakes.push(`${place(call)} ${call.getText()}`);
  }
}

/** An attribute that people hear or read, with a literal text. */
function isSpoken(attribute: ts.JsxAttribute): boolean {
  const name = attribute.name.getText();
  const isText = attribute.initializer !== undefined && ts.isStringLiteral(attribute.initializer);
  return isText && ["aria-label", "title", "placeholder", "alt"].includes(name);
}

function place(node: ts.Node): string {
  const file = node.getSourceFile();
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}

/** The keys of a .pot file that these sources use. */
export function keysOfTemplate(path: string, folder: string): Set<string> {
  const keys = new Set<string>();
  for (const block of readFileSync(path, "utf8").split("\n\n")) {
    if (!block.includes(folder)) continue;
    for (const [, , text] of block.matchAll(/^(msgid|msgid_plural) ((?:".*"\n?)+)/gm)) {
      keys.add((text ?? "").trim().split("\n").map((line) => JSON.parse(line) as string).join(""));
    }
  }
  return keys;
}

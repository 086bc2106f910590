// A redacted line in parts: placeholders, words that hint at a special category, and the rest.

export interface Part {
  kind: "text" | "placeholder" | "hint";
  text: string;
}

const PLACEHOLDER = /\[[A-Z][A-Z_]*_\d+\]/g;

function escaped(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Return the parts of a line in order; together they are the line. */
export function markedParts({ body, hints }: { body: string; hints: readonly string[] }): Part[] {
  const sources = [PLACEHOLDER.source, ...hints.filter((hint) => hint !== "").map(escaped)];
  const pattern = new RegExp(sources.join("|"), "g");
  const parts: Part[] = [];
  let position = 0;
  for (const match of body.matchAll(pattern)) {
    if (match.index > position) parts.push({ kind: "text", text: body.slice(position, match.index) });
    const placeholder = match[0].startsWith("[") && match[0].endsWith("]");
    parts.push({ kind: placeholder ? "placeholder" : "hint", text: match[0] });
    position = match.index + match[0].length;
  }
  if (position < body.length) parts.push({ kind: "text", text: body.slice(position) });
  return parts;
}

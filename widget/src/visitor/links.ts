// Find the web addresses in a message, so that they can be shown as links and everything else as plain text; and the
// places where a long one may break.

export interface Piece {
  text: string;
  href: string | null;
}

const ADDRESS = /https?:\/\/[^\s<>"'`\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gi;
const TRAILING = /[.,;:!?)\]}»”’]+$/u;

/** Split a text. Only http and https become links, and an address that hides a user name does not. */
export function splitLinks(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(TRAILING, "");
    const href = safeHref(address);
    if (!href) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), href: null });
    pieces.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), href: null });
  return pieces;
}

/** After these marks in a long word, which browsers do not break at: an address is cut there, not within its words. */
const BREAKS = /(?<=\S{8}[/.@=&?_#])(?=\p{L})/u;

/** Split a text where a line may end although there is no space. */
export function breakable(text: string): string[] {
  return text.split(BREAKS);
}

function safeHref(address: string): string | null {
  try {
    const url = new URL(address);
    return url.username || url.password ? null : url.href;
  } catch {
    return null;
  }
}

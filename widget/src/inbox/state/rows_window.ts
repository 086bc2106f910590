// Which rows of a long list are drawn: those in view and some around them.

/** The height of every row in pixels; the style sheet sets the same one. */
export const ROW_PIXELS = 80;
const SPARE_ROWS = 10;
/** So few rows cost nothing, and stay in reach of a browser's own search on the page. */
const ALL_DRAWN_UP_TO = 60;

export interface RowsWindow {
  from: number;
  to: number;
  /** The height of the rows that are not drawn, in pixels. */
  before: number;
  after: number;
}

/** Return the rows to draw for a list that is scrolled so far and so high. */
export function windowOf(count: number, top: number, height: number): RowsWindow {
  if (count <= ALL_DRAWN_UP_TO) return { from: 0, to: count, before: 0, after: 0 };
  const from = Math.max(0, Math.min(count, Math.floor(top / ROW_PIXELS)) - SPARE_ROWS);
  const to = Math.min(count, Math.ceil((top + height) / ROW_PIXELS) + SPARE_ROWS);
  return { from, to, before: from * ROW_PIXELS, after: (count - to) * ROW_PIXELS };
}

/** Scroll a box just as far as the row with this number needs to be seen. */
export function reveal(box: HTMLElement, index: number): void {
  if (index < 0) return;
  const top = index * ROW_PIXELS;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW_PIXELS > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW_PIXELS - box.clientHeight;
}

/**
 * Return by how many rows the list moved under what is looked at: the chosen row where it is in view, else the uppermost
 * row in view that is still there.
 */
export function drift(
  before: readonly { id: string }[],
  after: readonly { id: string }[],
  selected: string | null,
  top: number,
  height: number,
): number {
  const first = Math.ceil(top / ROW_PIXELS);
  const inView = before.slice(first, Math.max(first, Math.floor((top + height) / ROW_PIXELS)));
  const chosen = inView.filter((row) => row.id === selected);
  for (const row of [...chosen, ...inView]) {
    const now = after.findIndex((one) => one.id === row.id);
    if (now !== -1) return now - before.findIndex((one) => one.id === row.id);
  }
  return 0;
}

// Which rows of a long list are drawn: those in view and some around them.

/** The height of every row in pixels; the style sheet sets the same one. */
export const ROW_PIXELS = 88;
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

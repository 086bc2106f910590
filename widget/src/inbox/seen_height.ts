// The height that the keyboard leaves: some phones lay it over the page and move the page up, instead of making it smaller.

type Seen = Pick<VisualViewport, "height" | "scale" | "addEventListener">;

const NAME = "--seen-height";

/** Keep the desk as high as what is seen of it, while a keyboard covers the rest; a page that is zoomed in stays as it is. */
export function followSeenHeight(seen: Seen | null, page: Window): void {
  if (seen === null) return;
  const { style } = page.document.documentElement;
  const follow = () => {
    if (seen.scale !== 1 || seen.height >= page.innerHeight) return void style.removeProperty(NAME);
    style.setProperty(NAME, `${seen.height}px`);
    // The phone moved the page up to show the field, which is in sight by itself now.
    page.scrollTo(0, 0);
  };
  seen.addEventListener("resize", follow);
}

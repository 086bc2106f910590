import assert from "node:assert/strict";
import { test } from "node:test";
import { followSeenHeight } from "../../src/inbox/seen_height.ts";

/** A phone of 800 pixels whose keyboard lies over the page. */
function phone() {
  const style = new Map<string, string>();
  let scrolls = 0;
  const seen = Object.assign(new EventTarget(), { height: 800, scale: 1 });
  const page = {
    innerHeight: 800,
    document: { documentElement: { style: { setProperty: style.set.bind(style), removeProperty: style.delete.bind(style) } } },
    scrollTo: () => scrolls++,
  };
  followSeenHeight(seen as unknown as VisualViewport, page as unknown as Window);
  const becomes = (height: number, scale = 1) => {
    Object.assign(seen, { height, scale });
    seen.dispatchEvent(new Event("resize"));
    return style.get("--seen-height");
  };
  return { becomes, scrolls: () => scrolls };
}

test("the desk is as high as what the keyboard leaves, and the page is moved back", () => {
  const { becomes, scrolls } = phone();
  assert.equal(becomes(460), "460px");
  assert.equal(scrolls(), 1);
  assert.equal(becomes(800), undefined);
});

test("a page that somebody zoomed in keeps its height and its place", () => {
  const { becomes, scrolls } = phone();
  assert.equal(becomes(400, 2), undefined);
  assert.equal(scrolls(), 0);
});

test("a browser that tells nothing of it is left alone", () => {
  followSeenHeight(null, {} as Window);
});

// The rows of the list: only those in view are drawn, so that ten thousand stay smooth.

import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { _ } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { inboxIcon, searchIcon } from "../../../shared/icons.ts";
import { drift, reveal, ROW_PIXELS, windowOf } from "../../state/rows_window.ts";
import type { View } from "../../state/state.ts";
import { listed } from "../../state/views.ts";
import type { AgentConversation, SearchHit } from "../../server/wire.ts";
import { useDesk, useSelect } from "../desk.tsx";
import { Row } from "./row.tsx";

type Listed = readonly AgentConversation[];

function emptyWords(view: View, narrowed: boolean): { title: string; text: string } {
  if (narrowed) return { title: _("Nothing found"), text: _("Try fewer words, or look in another list.") };
  const words: Record<View, { title: string; text: string }> = {
    mine: {
      title: _("No chat is assigned to you"),
      text: _("Open the list of unassigned chats and press A to take one."),
    },
    unassigned: { title: _("Nobody waits for an agent"), text: _("New chats appear here by themselves.") },
    open: {
      title: _("No open chats"),
      text: _("New chats appear here by themselves. Open your shop in another window to try one."),
    },
    closed: { title: _("No closed chats yet"), text: _("A chat that you close with E moves here.") },
  };
  return words[view];
}

function Empty({ view, narrowed }: { view: View; narrowed: boolean }) {
  const { title, text } = emptyWords(view, narrowed);
  return (
    <div class="empty">
      <Icon path={narrowed ? searchIcon : inboxIcon} size={28} />
      <h2>{title}</h2>
      <p>{text}</p>
    </div>
  );
}

function Skeleton() {
  return (
    <div class="rows-skeleton" aria-hidden="true">
      {[0, 1, 2, 3, 4].map((index) => (
        <div key={index} class="skeleton" />
      ))}
    </div>
  );
}

/** How far the list is scrolled and how high it is; measured again at every scroll and change of size. */
function useScrolled(scroller: { current: HTMLDivElement | null }) {
  const [place, setPlace] = useState({ top: 0, height: 900 });
  const measure = useCallback(() => {
    const box = scroller.current;
    if (box !== null) setPlace({ top: box.scrollTop, height: box.clientHeight });
  }, []);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) return undefined;
    measure();
    box.addEventListener("scroll", measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => {
      box.removeEventListener("scroll", measure);
      observer.disconnect();
    };
  }, []);
  return { ...place, measure };
}

/** Keep what is looked at where it stands on the screen, while rows come, go and change places around it. */
function useSteady(scroller: { current: HTMLDivElement | null }, rows: Listed, list: string, selected: string | null, measure: () => void) {
  const before = useRef({ rows, list });
  useLayoutEffect(() => {
    const box = scroller.current;
    const old = before.current;
    before.current = { rows, list };
    if (box === null || old.rows === rows) return;
    // Another list begins at its top, and who looks at the top wants to see who comes.
    if (old.list !== list) box.scrollTop = 0;
    else if (box.scrollTop > 0) box.scrollTop += drift(old.rows, rows, selected, box.scrollTop, box.clientHeight) * ROW_PIXELS;
    measure();
  }, [rows, list]);
}

/** The next page: asked for by itself when its place comes into view, and by a button for whom that does not happen. */
function More({ narrowed, near, far }: { narrowed: boolean; near: boolean; far: boolean }) {
  const { live, work } = useDesk();
  const next = useSelect((state) => (state.found !== null ? state.found.next : state.pages[state.view].next));
  useEffect(() => {
    if (near && next !== null && !narrowed) void live.more(far);
  }, [near, far, next, narrowed]);
  if (next === null || (narrowed && next === undefined)) return null;
  const found = () => work.moreFound();
  return (
    <button class="button rows-more" type="button" onClick={() => void (narrowed ? found() : live.more())}>
      {_("Show more")}
    </button>
  );
}

function useRows() {
  const conversations = useSelect((state) => state.conversations);
  const view = useSelect((state) => state.view);
  const query = useSelect((state) => state.query);
  const filters = useSelect((state) => state.filters);
  const sort = useSelect((state) => state.sort);
  const found = useSelect((state) => state.found);
  const held = useSelect((state) => state.held);
  const { store } = useDesk();
  const rows = useMemo(() => listed(store.get()), [conversations, view, query, filters, sort, found, held]);
  const hits = useMemo(() => new Map(found?.hits.map((hit): [string, SearchHit] => [hit.conversation.id, hit])), [found]);
  const filtered = Object.values(filters).some((value) => value !== null);
  return { rows, view, query, hits, filtered, list: JSON.stringify([view, query, filters, sort]) };
}

/** How many rows the list has that are still to be asked for: the scroll bar shows them too. */
function useMissing(view: View, known: number, narrowed: boolean): number {
  const next = useSelect((state) => state.pages[view].next);
  const count = useSelect((state) => (view === "closed" ? 0 : state.counts[view]));
  return next === null || narrowed ? 0 : Math.max(0, count - known);
}

export function Rows() {
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, view, query, hits, filtered, list } = useRows();
  const loaded = useSelect((state) => state.pages[view].loaded);
  const selected = useSelect((state) => state.selected);
  const { top, height, measure } = useScrolled(scroller);
  const index = rows.findIndex((row) => row.id === selected);
  useSteady(scroller, rows, list, selected, measure);
  useEffect(() => {
    // A row that is chosen by the keyboard may not be drawn yet.
    if (scroller.current !== null) reveal(scroller.current, index);
  }, [selected]);
  const narrowed = query !== "";
  const missing = useMissing(view, rows.length, narrowed || filtered);
  const { from, to, before, after } = windowOf(rows.length + missing, top, height);
  const drawn = rows.slice(from, to);
  const blank = after + (to - from - drawn.length) * ROW_PIXELS;
  return (
    <div class="pane-scroll" ref={scroller}>
      {rows.length === 0 && (loaded ? <Empty view={view} narrowed={narrowed || filtered} /> : <Skeleton />)}
      {rows.length > 0 && (
        <ul class="rows" style={{ paddingBlockStart: `${before}px`, paddingBlockEnd: `${blank}px` }}>
          {drawn.map((conversation) => (
            <Row key={conversation.id} conversation={conversation} hit={hits.get(conversation.id)} />
          ))}
        </ul>
      )}
      {rows.length > 0 && <More narrowed={narrowed} near={top > 0 && to >= rows.length} far={from >= rows.length} />}
    </div>
  );
}

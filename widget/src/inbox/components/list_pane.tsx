// The left pane: who is signed in, the lists, the search and the rows.

import { useMemo } from "preact/hooks";
import { _, formatNumber } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { inboxIcon, searchIcon } from "../../shared/icons.ts";
import { VIEWS } from "../state.ts";
import type { View } from "../state.ts";
import { rowsOf, unreadIn } from "../views.ts";
import { viewName } from "../words.ts";
import { AccountBar } from "./account_bar.tsx";
import { useDesk, useSelect } from "./desk.tsx";
import { focusOn } from "./keyboard.ts";
import { Row } from "./row.tsx";

function ViewTabs() {
  const { store } = useDesk();
  const view = useSelect((state) => state.view);
  const counts = useSelect((state) => state.counts);
  const conversations = useSelect((state) => state.conversations);
  const me = useSelect((state) => state.me?.id ?? null);
  return (
    <nav class="tabs" aria-label={_("Lists")}>
      {VIEWS.map((one) => {
        const unread = unreadIn(conversations, one, me) > 0 && one !== "closed";
        return (
          <button
            key={one}
            type="button"
            class="tab"
            aria-current={one === view ? "true" : undefined}
            onClick={() => store.dispatch({ type: "view_set", view: one })}
          >
            <span>{viewName(one)}</span>
            {one !== "closed" && <span class="tab-count">{formatNumber(counts[one])}</span>}
            {unread && (
              <span class="tab-unread">
                <span class="visually-hidden">{_("with unread messages")}</span>
              </span>
            )}
          </button>
        );
      })}
    </nav>
  );
}

function Search() {
  const desk = useDesk();
  const { store } = desk;
  const query = useSelect((state) => state.query);
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.isComposing) return;
    const { conversations, view, me } = store.get();
    const [first] = rowsOf(conversations, view, me?.id ?? null, query);
    if (first === undefined) return;
    event.preventDefault();
    desk.select(first.id);
    focusOn(`row-${first.id}`);
  };
  return (
    <div class="search" role="search">
      <Icon path={searchIcon} size={16} />
      <label class="visually-hidden" for="search">
        {_("Search in this list")}
      </label>
      <input
        id="search"
        type="search"
        autocomplete="off"
        placeholder={_("Search in this list")}
        value={query}
        onInput={(event) => store.dispatch({ type: "query_set", query: event.currentTarget.value })}
        onKeyDown={onKey}
      />
      <kbd aria-hidden="true">{"/"}</kbd>
    </div>
  );
}

function emptyWords(view: View, query: string): { title: string; text: string } {
  if (query !== "") return { title: _("Nothing found"), text: _("Try fewer words, or look in another list.") };
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

function Empty({ view, query }: { view: View; query: string }) {
  const { title, text } = emptyWords(view, query);
  return (
    <div class="empty">
      <Icon path={query === "" ? inboxIcon : searchIcon} size={28} />
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

function Rows() {
  const desk = useDesk();
  const conversations = useSelect((state) => state.conversations);
  const view = useSelect((state) => state.view);
  const query = useSelect((state) => state.query);
  const me = useSelect((state) => state.me?.id ?? null);
  const page = useSelect((state) => state.pages[view]);
  const rows = useMemo(() => rowsOf(conversations, view, me, query), [conversations, view, me, query]);
  if (rows.length === 0) return page.loaded ? <Empty view={view} query={query} /> : <Skeleton />;
  return (
    <>
      <ul class="rows">
        {rows.map((conversation) => (
          <Row key={conversation.id} conversation={conversation} />
        ))}
      </ul>
      {page.next !== null && query === "" && (
        <button class="button rows-more" type="button" onClick={() => void desk.live.more()}>
          {_("Show more")}
        </button>
      )}
    </>
  );
}

export function ListPane() {
  return (
    <section class="pane pane-list" aria-label={_("Chats")}>
      <AccountBar />
      <ViewTabs />
      <Search />
      <div class="pane-scroll">
        <Rows />
      </div>
    </section>
  );
}

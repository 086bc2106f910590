// The left pane: who is signed in, the lists, the search and the rows.

import { _, formatNumber } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { searchIcon, xIcon } from "../../../shared/icons.ts";
import { VIEWS } from "../../state/state.ts";
import { longestWait, unreadIn } from "../../state/tallies.ts";
import { listed, urgency } from "../../state/views.ts";
import { duration, viewName } from "../../words.ts";
import { AccountBar } from "./account_bar.tsx";
import { useDesk, useSelect } from "../desk.tsx";
import { FilterLine, Filters } from "./filters.tsx";
import { focusOn } from "../keyboard.ts";
import { Rows } from "./rows.tsx";
import { SavedViews } from "./saved_views.tsx";

function ViewTabs() {
  const { store } = useDesk();
  const view = useSelect((state) => state.view);
  const counts = useSelect((state) => state.counts);
  const conversations = useSelect((state) => state.conversations);
  const me = useSelect((state) => state.me?.id ?? null);
  const now = useSelect((state) => state.now);
  return (
    <nav class="tabs" aria-label={_("Lists")}>
      {VIEWS.map((one) => {
        const unread = unreadIn(conversations, one, me) > 0 && one !== "closed";
        const wait = longestWait(conversations, one, me, now);
        const late = wait !== null && urgency(wait) !== "calm";
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
            {(unread || late) && (
              <span class={late ? `tab-unread tab-${urgency(wait)}` : "tab-unread"}>
                <span class="visually-hidden">
                  {late ? _("a visitor waits: {time}", { time: duration(wait) }) : _("with unread messages")}
                </span>
              </span>
            )}
          </button>
        );
      })}
    </nav>
  );
}

function ClearSearch() {
  const { store } = useDesk();
  const clear = () => {
    store.dispatch({ type: "query_set", query: "" });
    focusOn("search");
  };
  return (
    <button class="search-clear" type="button" aria-label={_("Clear the search")} onClick={clear}>
      <Icon path={xIcon} size={16} />
    </button>
  );
}

function Search() {
  const desk = useDesk();
  const { store } = desk;
  const query = useSelect((state) => state.query);
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && query !== "") {
      // First the words go; the next press leaves the field.
      event.preventDefault();
      store.dispatch({ type: "query_set", query: "" });
    }
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    const [first] = listed(store.get());
    if (first === undefined) return;
    event.preventDefault();
    desk.select(first.id);
    focusOn(`row-${first.id}`);
  };
  return (
    <div class="search-place">
    <div class="search" role="search">
      <Icon path={searchIcon} size={16} />
      <label class="visually-hidden" for="search">
        {_("Search in all chats")}
      </label>
      <input
        id="search"
        type="search"
        autocomplete="off"
        placeholder={_("Search in all chats")}
        value={query}
        onInput={(event) => store.dispatch({ type: "query_set", query: event.currentTarget.value })}
        onKeyDown={onKey}
      />
      {query === "" ? <kbd aria-hidden="true">{"/"}</kbd> : <ClearSearch />}
    </div>
    <Filters />
    </div>
  );
}

export function ListPane() {
  return (
    <section class="pane pane-list" aria-label={_("Chats")}>
      <AccountBar />
      <ViewTabs />
      <Search />
      <SavedViews />
      <FilterLine />
      <Rows />
    </section>
  );
}

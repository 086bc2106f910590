// Lists with their filters under names of the agent's own: one press in place of five.

import { useState } from "preact/hooks";
import { _ } from "../../../shared/i18n.ts";
import type { Desk } from "../../desk.ts";
import type { State } from "../../state/state.ts";
import type { SavedView } from "../../state/work_state.ts";
import { useDesk, useSelect } from "../desk.tsx";
import { focusOn } from "../keyboard.ts";
import { useFocus } from "../use_focus.ts";

const NAME_MAX_CHARACTERS = 30;

type Look = Pick<State, "view" | "filters" | "sort">;

/** Filters without what is not set, so that two of them can be compared. */
function set(filters: Look["filters"]): string {
  const entries = Object.entries(filters).filter(([, value]) => value !== null && value !== undefined);
  return JSON.stringify(entries.sort(([a], [b]) => a.localeCompare(b)));
}

function isSame(a: Look, b: Look): boolean {
  return a.view === b.view && a.sort === b.sort && set(a.filters) === set(b.filters);
}

/** Show a saved view. */
export function showView(desk: Desk, { view, filters, sort }: SavedView): void {
  const { store, live } = desk;
  store.dispatch({ type: "view_set", view });
  if (store.get().sort !== sort) store.dispatch({ type: "sort_set", sort });
  store.dispatch({ type: "filters_set", filters });
  void live.filtered();
}

/** Return the saved view that is on the screen. */
function useShown(): SavedView | undefined {
  const views = useSelect((state) => state.views);
  const view = useSelect((state) => state.view);
  const filters = useSelect((state) => state.filters);
  const sort = useSelect((state) => state.sort);
  return views.find((one) => isSame(one, { view, filters, sort }));
}

/** The saved views, each a press away. */
export function SavedViews() {
  const desk = useDesk();
  const views = useSelect((state) => state.views);
  const shown = useShown();
  if (views.length === 0) return null;
  return (
    <div class="saved-views" role="group" aria-label={_("Saved views")}>
      {views.map((one) => (
        <button key={one.name} class="chip" type="button" aria-pressed={one === shown} onClick={() => showView(desk, one)}>
          <bdi>{one.name}</bdi>
        </button>
      ))}
    </div>
  );
}

function NameForm({ onDone }: { onDone: () => void }) {
  const { store } = useDesk();
  const [name, setName] = useState("");
  const field = useFocus<HTMLInputElement>();
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === "") return;
    const { views, view, filters, sort } = store.get();
    // A name that is taken means the view of now from here on.
    const others = views.filter((one) => one.name !== wanted);
    store.dispatch({ type: "views_set", views: [...others, { name: wanted, view, filters, sort }] });
    onDone();
  };
  return (
    <form class="view-name" onSubmit={onSubmit}>
      <label class="visually-hidden" for="view-name">
        {_("Name of the view")}
      </label>
      <input
        ref={field}
        id="view-name"
        class="field"
        maxLength={NAME_MAX_CHARACTERS}
        required
        autocomplete="off"
        placeholder={_("Name of the view")}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <button class="button button-small" type="submit">
        {_("Save")}
      </button>
      <button class="button button-small button-quiet" type="button" onClick={onDone}>
        {_("Cancel")}
      </button>
    </form>
  );
}

/** What can be done with the filters of now: keep them as a view, or forget the view that they are. */
export function ViewActions() {
  const { store, work } = useDesk();
  const shown = useShown();
  const [naming, setNaming] = useState(false);
  const done = () => {
    setNaming(false);
    focusOn("filters-toggle");
  };
  if (naming) return <NameForm onDone={done} />;
  if (shown === undefined) {
    return (
      <button class="link-button" type="button" onClick={() => setNaming(true)}>
        {_("Save as a view")}
      </button>
    );
  }
  const forget = () => {
    const { views } = store.get();
    store.dispatch({ type: "views_set", views: views.filter((one) => one !== shown) });
    work.toast(_("The view {name} is deleted", { name: shown.name }), () => store.dispatch({ type: "views_set", views }));
    focusOn("filters-toggle");
  };
  return (
    <button class="link-button" type="button" onClick={forget}>
      {_("Delete this view")}
    </button>
  );
}

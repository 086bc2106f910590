// Filters of the list and of the search, and the order of the list.

import { useState } from "preact/hooks";
import { _, currentLocale } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { filterIcon } from "../../icons.ts";
import type { ConversationFilters } from "../../server/wire.ts";
import { LANGUAGES, languageName } from "../../words.ts";
import type { Sort } from "../../state/work_state.ts";
import type { State } from "../../state/state.ts";
import { useDesk, useSelect } from "../desk.tsx";
import { focusOn } from "../keyboard.ts";
import { ViewActions } from "./saved_views.tsx";

interface ChoiceProps {
  label: string;
  value: string;
  options: ReadonlyArray<readonly [string, string]>;
  onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <label>
      <span>{label}</span>
      <select class="field" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The first moment of a day on the reader's clock, some days after it. */
function dayStart(day: string, days: number): string {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  return new Date(year, month - 1, date + days).toISOString();
}

/** The day on the reader's clock some days after a moment, as a date field has it. */
function dayOf(moment: string | null | undefined, days: number): string {
  if (!moment) return "";
  const at = new Date(moment);
  const day = new Date(at.getFullYear(), at.getMonth(), at.getDate() + days);
  const digits = (value: number) => String(value).padStart(2, "0");
  return `${day.getFullYear()}-${digits(day.getMonth() + 1)}-${digits(day.getDate())}`;
}

interface DatesProps {
  filters: ConversationFilters;
  onChange: (change: Partial<ConversationFilters>) => void;
}

function Dates({ filters, onChange }: DatesProps) {
  return (
    <>
      <label>
        <span>{_("From")}</span>
        <input
          class="field"
          type="date"
          value={dayOf(filters.active_from, 0)}
          onChange={({ currentTarget: { value } }) => onChange({ active_from: value === "" ? null : dayStart(value, 0) })}
        />
      </label>
      <label>
        <span>{_("To")}</span>
        <input
          class="field"
          type="date"
          value={dayOf(filters.active_to, -1)}
          onChange={({ currentTarget: { value } }) => onChange({ active_to: value === "" ? null : dayStart(value, 1) })}
        />
      </label>
    </>
  );
}

function consentNames(): Record<string, string> {
  return {
    training: _("Agreed to training"),
    no_training: _("Not agreed to training"),
    withdrawn: _("Consent to chat withdrawn"),
  };
}

/** What the filters leave in the list, in words. */
function filterWords({ filters, agents }: Pick<State, "filters" | "agents">): string[] {
  const { tag, agent, consent, locale, active_from: from, active_to: to } = filters;
  const owners: Record<string, string> = { me: _("Mine"), none: _("Unassigned") };
  const ofAgent = agent ? (owners[agent] ?? agents.find((one) => one.id === agent)?.name) : null;
  const days = [
    from ? _("from {date}", { date: formatDate(dayOf(from, 0)) }) : null,
    to ? _("to {date}", { date: formatDate(dayOf(to, -1)) }) : null,
  ];
  const words = [tag, ofAgent, consent ? consentNames()[consent] : null, locale ? languageName(locale) : null, ...days];
  return words.filter((one): one is string => typeof one === "string");
}

function formatDate(day: string): string {
  return new Intl.DateTimeFormat(currentLocale(), { dateStyle: "medium" }).format(new Date(`${day}T12:00:00`));
}

/** What the list is narrowed to, always in view, and the way out. */
export function FilterLine() {
  const { store, live } = useDesk();
  const filters = useSelect((state) => state.filters);
  const agents = useSelect((state) => state.agents);
  const words = filterWords({ filters, agents });
  if (words.length === 0) return null;
  const clear = () => {
    store.dispatch({ type: "filters_set", filters: {} });
    void live.filtered();
    focusOn("filters-toggle");
  };
  return (
    <div class="filter-line">
      <span>{_("Only: {filters}", { filters: words.join(", ") })}</span>
      <span class="filter-actions">
        <button class="link-button" type="button" onClick={clear}>
          {_("Show all again")}
        </button>
        <ViewActions />
      </span>
    </div>
  );
}

function Choices() {
  const { store, live } = useDesk();
  const { filters, sort, tags, agents } = useSelect((state) => state);
  const set = (change: Partial<ConversationFilters>) => {
    store.dispatch({ type: "filters_set", filters: { ...store.get().filters, ...change } });
    void live.filtered();
  };
  const any = ["", _("Any")] as const;
  return (
    <div class="filters" id="filters">
      <Choice
        label={_("Order")}
        value={sort}
        options={[["waiting", _("Longest wait first")], ["activity", _("Latest first")]]}
        onChange={(value) => store.dispatch({ type: "sort_set", sort: value as Sort })}
      />
      <Choice
        label={_("Tag")}
        value={filters.tag ?? ""}
        options={[any, ...tags.map((tag) => [tag.name, tag.name] as const)]}
        onChange={(value) => set({ tag: value || null })}
      />
      <Choice
        label={_("Agent")}
        value={filters.agent ?? ""}
        options={[any, ["me", _("Mine")], ["none", _("Unassigned")], ...agents.map((one) => [one.id, one.name] as const)]}
        onChange={(value) => set({ agent: value || null })}
      />
      <Choice
        label={_("Consent")}
        value={filters.consent ?? ""}
        options={[any, ...Object.entries(consentNames())]}
        onChange={(value) => set({ consent: (value || null) as ConversationFilters["consent"] ?? null })}
      />
      <Choice
        label={_("Language")}
        value={filters.locale ?? ""}
        options={[any, ...LANGUAGES.map((tag) => [tag, languageName(tag)] as const)]}
        onChange={(value) => set({ locale: value || null })}
      />
      <Dates filters={filters} onChange={set} />
    </div>
  );
}

export function Filters() {
  const [open, setOpen] = useState(false);
  const count = useSelect((state) => Object.values(state.filters).filter((value) => value !== null).length);
  return (
    <>
      <button
        id="filters-toggle"
        class={count > 0 ? "icon-button filters-toggle filters-on" : "icon-button filters-toggle"}
        type="button"
        aria-expanded={open}
        aria-controls="filters"
        aria-label={count > 0 ? _("Filters, {count} set", { count }) : _("Filters and order")}
        title={_("Filters and order")}
        onClick={() => setOpen(!open)}
      >
        <Icon path={filterIcon} size={16} />
      </button>
      {open && <Choices />}
    </>
  );
}

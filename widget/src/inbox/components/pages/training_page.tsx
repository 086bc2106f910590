// Curators: what goes into the training store, what is in it, and what a person decides about each transcript.

import { useEffect, useRef, useState } from "preact/hooks";
import { _, formatDateTime, formatNumber, ngettext } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { bookIcon } from "../../icons.ts";
import { isSpecial, reasonWords, stateWords, trainingViewName, TRAINING_VIEWS } from "../../training_words.ts";
import type { TrainingItemView, TrainingListAnswer } from "../../server/wire.ts";
import type { TrainingList } from "../../server/wire.ts";
import { useDesk, useSelect } from "../desk.tsx";
import { focusOn } from "../keyboard.ts";
import { TrainingItem } from "./training_item.tsx";

type View = NonNullable<TrainingList["view"]>;

const PAGE_SIZE = 50;

function Tabs({ view, answer, onView }: { view: View; answer: TrainingListAnswer | null; onView: (view: View) => void }) {
  const count = (one: View): number | null => {
    if (answer === null) return null;
    const { counts, unread } = answer;
    const of = (...states: string[]) => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    if (one === "sample") return unread;
    if (one === "waiting") return of("waiting", "pending");
    return one === "left_out" ? of("skipped", "quarantined", "retracted") : of(one);
  };
  return (
    <nav class="page-tabs" aria-label={_("Transcripts")}>
      {TRAINING_VIEWS.map((one) => (
        <button
          key={one}
          class="tab"
          type="button"
          aria-current={one === view ? "true" : undefined}
          onClick={() => onView(one)}
        >
          {trainingViewName(one)}
          {count(one) !== null && <span class="tab-count">{formatNumber(count(one) ?? 0)}</span>}
        </button>
      ))}
    </nav>
  );
}

function Line({ item, onOpen }: { item: TrainingItemView; onOpen: () => void }) {
  return (
    <li>
      <button id={`item-${item.item_id}`} class="reply-line" type="button" onClick={onOpen}>
        <span class="reply-head">
          <strong>{stateWords(item.state)}</strong>
          {isSpecial(item) && <span class="chip chip-warning">{_("Special category")}</span>}
          {item.reviewed_at !== null && <span class="chip">{_("Read by a person")}</span>}
          <span class="reply-end">{formatDateTime(item.changed_at)}</span>
        </span>
        <span class="reply-body">
          {[reasonWords(item), item.releases.length > 0 ? _("In releases: {names}", { names: item.releases.join(", ") }) : ""]
            .filter((words) => words !== "")
            .join(" · ") || <span class="mono">{item.item_id}</span>}
        </span>
      </button>
    </li>
  );
}

function Empty({ view }: { view: View }) {
  const words: Record<View, [string, string]> = {
    held: [_("Nothing waits for you"), _("A transcript with words about health, religion and the like stops here until a person has read it.")],
    sample: [_("Everything has been read"), _("Ten stored transcripts that nobody has read yet are drawn here each time.")],
    admitted: [_("The training store is empty"), _("Transcripts of visitors who agreed come here when their chats are closed and the waiting time is over.")],
    waiting: [_("Nothing is on its way"), _("A transcript waits after its chat is closed, so that the visitor can think again.")],
    left_out: [_("Nothing was left out"), _("Transcripts without consent, and those that were withdrawn, are listed here with the reason.")],
  };
  const [title, text] = words[view];
  return (
    <div class="empty">
      <Icon path={bookIcon} size={28} />
      <h3>{title}</h3>
      <p>{text}</p>
    </div>
  );
}

function useItems(view: View) {
  const { work } = useDesk();
  // The page may be the first thing that is opened, before there is a line to ask on.
  const online = useSelect((state) => state.link === "online");
  const [answer, setAnswer] = useState<TrainingListAnswer | null>(null);
  const asked = useRef(0);
  const load = async (before: string | null) => {
    asked.current += 1;
    const mine = asked.current;
    const found = await work.ask("training_list", { view, limit: PAGE_SIZE, before });
    // Meanwhile another tab may have been opened.
    if (found === null || mine !== asked.current) return;
    setAnswer((known) => (before === null || known === null ? found : { ...found, items: [...known.items, ...found.items] }));
  };
  useEffect(() => {
    setAnswer((known) => (known === null ? null : { ...known, items: [], next: null }));
    if (online) void load(null);
  }, [view, online]);
  return { answer, load };
}

export function TrainingPage() {
  const [view, setView] = useState<View>("held");
  const [open, setOpen] = useState<string | null>(null);
  const { answer, load } = useItems(view);
  const loaded = answer !== null;
  const back = useRef<string | null>(null);
  useEffect(() => {
    if (open === null && back.current !== null) focusOn(back.current);
  }, [open]);
  if (open !== null) {
    return (
      <TrainingItem
        itemId={open}
        onBack={() => {
          setOpen(null);
          void load(null);
        }}
      />
    );
  }
  const items = answer?.items ?? [];
  return (
    <>
      <Tabs view={view} answer={answer} onView={setView} />
      {view === "sample" && items.length > 0 && (
        <div class="page-tools">
          <p class="card-quiet">
            {ngettext("{count} stored transcript has not been read.", "{count} stored transcripts have not been read.", answer?.unread ?? 0)}
          </p>
          <button class="button button-small" type="button" onClick={() => void load(null)}>
            {_("Draw again")}
          </button>
        </div>
      )}
      {items.length > 0 && (
        <ul class="replies" aria-label={trainingViewName(view)}>
          {items.map((item) => (
            <Line
              key={item.item_id}
              item={item}
              onOpen={() => {
                back.current = `item-${item.item_id}`;
                setOpen(item.item_id);
              }}
            />
          ))}
        </ul>
      )}
      {loaded && items.length === 0 && <Empty view={view} />}
      {answer !== null && answer.next !== null && (
        <button class="button button-small" type="button" onClick={() => void load(answer.next)}>
          {_("Show more")}
        </button>
      )}
    </>
  );
}

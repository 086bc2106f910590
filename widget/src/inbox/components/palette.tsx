// Ctrl+K: every command, page and chat by a few letters.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { spoken } from "../../shared/files/words.ts";
import { _ } from "../../shared/i18n.ts";
import type { Desk } from "../desk.ts";
import { may } from "../rights.ts";
import { SHORTCUTS } from "../shortcuts.ts";
import { allOf } from "../state/known.ts";
import { CLOSE_REASONS, commandName, keyName, presenceName, reasonName, visitorName } from "../words.ts";
import { handOver, takers } from "./conversation/hand_over.tsx";
import { useDesk, useSelect } from "./desk.tsx";
import { closeAndGoOn, runCommand } from "./keyboard.ts";
import { showView } from "./list/saved_views.tsx";
import { PAGES } from "./pages/page_table.tsx";

interface Entry {
  id: string;
  name: string;
  hint: string;
  run: () => void;
}

const SHOWN_AT_MOST = 9;

/** Hand the open chat over to a colleague without leaving the keyboard; the way back is offered. */
function handOvers(desk: Desk): Entry[] {
  const { me, selected, conversations, agents } = desk.store.get();
  const open = selected === null ? undefined : conversations[selected];
  if (open === undefined || open.state !== "open" || !may(me, "conversation_transfer")) return [];
  return takers(agents, open, me?.id).map((one) => ({
    id: `hand-over-${one.id}`,
    name: _("Hand over to {name}", { name: one.name }),
    hint: presenceName(one.state),
    run: () => void handOver(desk, open, one, ""),
  }));
}

/** Close the open chat and say why, in one go. */
function closings(desk: Desk): Entry[] {
  const { me, selected, conversations } = desk.store.get();
  const open = selected === null ? undefined : conversations[selected];
  if (open === undefined || open.state !== "open" || !may(me, "conversation_close")) return [];
  return CLOSE_REASONS.map((reason) => ({
    id: `close-${reason}`,
    name: _("Close: {reason}", { reason: reasonName(reason) }),
    hint: "",
    run: () => {
      closeAndGoOn(desk, open.id);
      desk.live.closeReason(open.id, reason);
    },
  }));
}

function entriesOf(desk: Desk): Entry[] {
  const { me, conversations, views } = desk.store.get();
  const { dispatch } = desk.store;
  return [
    ...SHORTCUTS.filter(({ command }) => !["palette", "back", "suggestion"].includes(command)).map(({ command, keys }) => ({
      id: command,
      name: commandName(command),
      hint: keys.map(keyName).join(" "),
      run: () => runCommand(desk, command),
    })),
    ...views.map((one) => ({ id: `view-${one.name}`, name: _("View: {name}", { name: one.name }), hint: "", run: () => showView(desk, one) })),
    ...closings(desk),
    ...handOvers(desk),
    ...PAGES.filter(({ needs }) => may(me, needs)).map(({ page, name }) => ({ id: page, name: name(), hint: "", run: () => desk.go(page) })),
    { id: "light", name: _("Light"), hint: "", run: () => dispatch({ type: "comfort_set", comfort: { theme: "light" } }) },
    { id: "dark", name: _("Dark"), hint: "", run: () => dispatch({ type: "comfort_set", comfort: { theme: "dark" } }) },
    ...allOf(conversations).map((one) => ({
      id: one.id,
      name: visitorName(one),
      hint: one.last_message === null ? "" : spoken(one.last_message).slice(0, 60),
      run: () => desk.select(one.id),
    })),
  ];
}

function matching(entries: Entry[], words: string): Entry[] {
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ name, hint }: Entry) => wanted.every((word) => `${name} ${hint}`.toLocaleLowerCase().includes(word));
  return entries.filter(fits).slice(0, SHOWN_AT_MOST);
}

function Body({ onDone }: { onDone: () => void }) {
  const desk = useDesk();
  const [words, setWords] = useState("");
  const [active, setActive] = useState(0);
  const found = matching(entriesOf(desk), words);
  const take = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    onDone();
    // After the dialog gave the focus back.
    requestAnimationFrame(() => entry.run());
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "Enter") take(found[active]);
    else if (event.key === "ArrowDown") setActive(Math.min(found.length - 1, active + 1));
    else if (event.key === "ArrowUp") setActive(Math.max(0, active - 1));
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        class="field palette-field"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found[active] === undefined ? undefined : `palette-${active}`}
        aria-label={_("Find a command or a chat")}
        placeholder={_("Find a command or a chat")}
        autocomplete="off"
        value={words}
        onInput={(event) => {
          setWords(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKey}
      />
      <ul id="palette-list" class="palette-list" role="listbox" aria-label={_("Commands and chats")}>
        {found.map((entry, index) => (
          <li
            key={entry.id}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === active}
            onMouseDown={(event) => {
              event.preventDefault();
              take(entry);
            }}
          >
            <bdi>{entry.name}</bdi>
            <span>{entry.hint}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="card-quiet">{_("Nothing found")}</p>}
    </>
  );
}

export function Palette() {
  const { store } = useDesk();
  const open = useSelect((state) => state.palette);
  const dialog = useRef<HTMLDialogElement>(null);
  const close = () => store.dispatch({ type: "palette_set", open: false });
  // Before the next key: what is typed at once must not reach the shortcuts of the page below.
  useLayoutEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open && dialog.current?.open) dialog.current.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      class="help palette"
      aria-label={_("Find a command or a chat")}
      onClose={close}
      onClick={(event) => event.target === dialog.current && close()}
    >
      {open && <Body onDone={close} />}
    </dialog>
  );
}

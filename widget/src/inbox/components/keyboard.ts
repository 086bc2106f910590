// The keyboard of the whole desk: keys become commands, commands act on what is selected.

import { useEffect } from "preact/hooks";
import type { Desk } from "../desk.ts";
import { may } from "../rights.ts";
import type { Command } from "../shortcuts.ts";
import { commandOf } from "../shortcuts.ts";
import { CLOSE_DELAY_MILLISECONDS } from "../server/live.ts";
import type { Pending, State } from "../state/state.ts";
import type { Store } from "../state/store.ts";
import { afterClosing, listed, neighbour } from "../state/views.ts";
import type { Mode } from "../state/work_state.ts";
import { useDesk } from "./desk.tsx";

/** Where letters are text; a box that is ticked takes none. */
const FIELD = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
/** Where one pane is on the screen at a time (desk.css). */
const PHONE = "(max-width: 699px)";
const CONTROL = "button, a[href], summary, [type=checkbox], [type=radio]";

/** Put the focus on the element with an id, when it is there. */
export function focusOn(id: string): void {
  document.getElementById(id)?.focus();
}

function move(desk: Desk, step: 1 | -1): void {
  const { selected } = desk.store.get();
  const id = neighbour(listed(desk.store.get()), selected, step);
  if (id === null) return;
  const writing = document.activeElement?.id === "composer";
  desk.select(id);
  if (writing) requestAnimationFrame(() => focusOn("composer"));
  else focusRow(id);
}

/** A row far down is drawn only after the list has scrolled to it. */
function focusRow(id: string): void {
  requestAnimationFrame(() => document.getElementById(`row-${id}`)?.focus({ preventScroll: true }));
}

/** Close a chat and go on with the next one of the list; a phone goes back to the list. */
export function closeAndGoOn(desk: Desk, id: string): void {
  const before = desk.store.get();
  if (before.conversations[id]?.state !== "open" || id in before.closing || !may(before.me, "conversation_close")) return;
  const next = afterClosing(listed(before), id, before.closing);
  // What was done before this is no longer what "undo" means.
  desk.store.dispatch({ type: "toasted", toast: null });
  desk.live.close(id);
  desk.select(matchMedia(PHONE).matches ? null : next);
  if (next !== null) focusRow(next);
}

/** Take a closing back, and show the chat again. */
export function undoClosing(desk: Desk, id: string): void {
  desk.live.undoClose(id);
  desk.select(id);
  focusRow(id);
}

/** Make a message that did not go out the agent's own again: its text and its files stand in the field. */
export function toDraftAgain(desk: Desk, id: string, { client_id, body, code, attachments = [] }: Pending): void {
  const draft = desk.store.get().drafts[id] ?? "";
  desk.store.dispatch({ type: "draft_set", id, draft: draft && body ? `${body}\n${draft}` : body || draft });
  // A file that the server does not know any more has to be chosen again.
  const files = code === "attachment_unknown" ? [] : attachments;
  desk.files.of(id).putBack(files, (file) => desk.files.shelf.known(file));
  desk.live.takeBack(id, client_id);
}

/** The reply that was held last, in whichever chat. */
function lastHeld({ pending }: State): { id: string; held: Pending } | undefined {
  const all = Object.entries(pending).flatMap(([id, list]) =>
    list.filter((one) => one.state === "held").map((held) => ({ id, held })),
  );
  return all.sort((a, b) => a.held.created_at - b.held.created_at).at(-1);
}

function back(desk: Desk): void {
  const { drawer, selected, page } = desk.store.get();
  const field = document.activeElement;
  if (drawer) {
    desk.store.dispatch({ type: "drawer_set", open: false });
    focusOn("context-toggle");
  } else if (field instanceof HTMLElement && field.matches(FIELD)) {
    field.blur();
    if (selected !== null) focusOn(`row-${selected}`);
  } else if (page !== "chats") {
    desk.go("chats");
    if (selected !== null) focusRow(selected);
  } else if (selected !== null) desk.select(null);
}

/** Go on to writing. The field is drawn anew for a note, so the focus waits for it. */
function write(store: Store, mode: Mode): void {
  store.dispatch({ type: "mode_set", mode });
  focusOn("composer");
}

/** Go on to the field for a tag, which a narrow screen has in its drawer. */
function addTag(store: Store): void {
  const inDrawer = document.getElementById("tag-name")?.checkVisibility({ visibilityProperty: true }) === false;
  if (inDrawer) store.dispatch({ type: "drawer_set", open: true });
  requestAnimationFrame(() => focusOn("tag-name"));
}

/** Take back what was done last: what the line at the foot tells of, a reply that is held, or a closing that still waits. */
function undo(desk: Desk): void {
  const { store } = desk;
  const { toast, selected, closing } = store.get();
  if (toast?.undo) {
    store.dispatch({ type: "toasted", toast: null });
    toast.undo();
    return;
  }
  const last = selected !== null && selected in closing ? selected : Object.keys(closing).at(-1);
  const held = lastHeld(store.get());
  if (held !== undefined && (last === undefined || held.held.created_at > closedAt(closing, last))) {
    desk.select(held.id);
    toDraftAgain(desk, held.id, held.held);
    requestAnimationFrame(() => focusOn("composer"));
  } else if (last !== undefined) undoClosing(desk, last);
}

function closedAt(closing: State["closing"], id: string): number {
  return (closing[id] ?? 0) - CLOSE_DELAY_MILLISECONDS;
}

/** Do what a command says, from the keyboard or from the palette. */
export function runCommand(desk: Desk, command: Command): void {
  const { store, live } = desk;
  const { selected, drawer, help, page } = store.get();
  switch (command) {
    case "next":
      return move(desk, 1);
    case "previous":
      return move(desk, -1);
    case "search":
      return focusOn("search");
    case "help":
      return store.dispatch({ type: "help_set", open: !help });
    case "palette":
      return store.dispatch({ type: "palette_set", open: true });
    case "back":
      return back(desk);
    case "undo":
      return undo(desk);
    case "mine":
    case "unassigned":
    case "open":
    case "closed":
      if (page !== "chats") desk.go("chats");
      return store.dispatch({ type: "view_set", view: command });
    default:
  }
  if (selected === null) return;
  if (command === "reply" || command === "note") write(store, command);
  else if (command === "assign") void live.assign(selected, "me");
  else if (command === "close") closeAndGoOn(desk, selected);
  else if (command === "tag") addTag(store);
  else if (command === "context") store.dispatch({ type: "drawer_set", open: !drawer });
}

/** Listen to the keyboard while the desk is on the screen. */
export function useKeyboard(): void {
  const desk = useDesk();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : document.body;
      // An open dialog has its own keys.
      if (event.defaultPrevented || target.closest("dialog") !== null || desk.store.get().palette) return;
      const { key, ctrlKey, metaKey, altKey, isComposing } = event;
      // Alt with an arrow opens a list to choose from.
      if (altKey && target.matches("select")) return;
      const where = { inField: target.matches(FIELD), onControl: target.matches(CONTROL) };
      const command = commandOf({ key, ctrlKey, metaKey, altKey, isComposing, ...where });
      if (command === null) return;
      event.preventDefault();
      runCommand(desk, command);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [desk]);
}

// How the state follows what happens beside the talk itself. Pure, as the reducer that it is a part of.

import { drop } from "./conversations.ts";
import { put } from "./known.ts";
import { initialState } from "./state.ts";
import type { State } from "./state.ts";
import type { WorkAction } from "./work_actions.ts";
import type { ColleagueView, NoteView } from "../server/wire.ts";

type Of<T extends WorkAction["type"]> = Extract<WorkAction, { type: T }>;
type Handlers = { [T in WorkAction["type"]]: (state: State, action: Of<T>) => State };

/** Return notes with more of them, each once, in the order in which they were written. */
export function withNotes(before: readonly NoteView[], more: readonly NoteView[]): readonly NoteView[] {
  const byId = new Map([...before, ...more].map((note) => [note.id, note]));
  if (byId.size === before.length) return before;
  return [...byId.values()].sort((a, b) => a.after_seq - b.after_seq || a.stored_at.localeCompare(b.stored_at));
}

function noteStored(state: State, { note }: Of<"note_stored">): State {
  const before = state.notes[note.conversation_id] ?? [];
  const after = withNotes(before, [note]);
  return after === before ? state : { ...state, notes: { ...state.notes, [note.conversation_id]: after } };
}

function colleagueCame(state: State, { event }: Of<"colleague_came">): State {
  if (event.agent.id === state.me?.id) return state;
  const others = (state.colleagues[event.conversation_id] ?? []).filter((one) => one.agent.id !== event.agent.id);
  const { agent, state: doing } = event;
  const here: readonly ColleagueView[] = doing === "gone" ? others : [...others, { agent, state: doing }];
  return { ...state, colleagues: { ...state.colleagues, [event.conversation_id]: here } };
}

function suggestionsDropped(state: State, { id }: Of<"suggestions_dropped">): State {
  const { [id]: _gone, ...suggestions } = state.suggestions;
  return { ...state, suggestions };
}

function agentSeen(state: State, { id, agent_id, seq }: Of<"agent_seen">): State {
  const known = state.conversations[id];
  if (known === undefined || agent_id !== state.me?.id || (known.my_seen_seq ?? 0) >= seq) return state;
  return { ...state, conversations: put(state.conversations, { ...known, my_seen_seq: seq }) };
}

export const WORK_HANDLERS: Handlers = {
  mode_set: (state, { mode }) => ({ ...state, mode }),
  note_stored: noteStored,
  colleague_came: colleagueCame,
  colleagues_came: (state, { id, colleagues }) => ({ ...state, colleagues: { ...state.colleagues, [id]: colleagues } }),
  suggestions_came: (state, { id, answer }) => ({ ...state, suggestions: { ...state.suggestions, [id]: answer } }),
  suggestions_dropped: suggestionsDropped,
  reason_set: (state, { id, reason }) => ({ ...state, reasons: { ...state.reasons, [id]: reason } }),
  canned_came: (state, { replies }) => ({ ...state, canned: replies }),
  tags_came: (state, { tags }) => ({ ...state, tags }),
  agents_came: (state, { agents }) => ({ ...state, agents }),
  filters_set: (state, { filters }) => ({ ...state, filters, found: null }),
  // The end of what was read belongs to the order in which it was read.
  sort_set: (state, { sort }) => ({ ...state, sort, pages: initialState(state.now).pages }),
  views_set: (state, { views }) => ({ ...state, views }),
  found: (state, { found }) => ({ ...state, found }),
  page_set: (state, { page }) => ({ ...state, page, palette: false, drawer: false }),
  palette_set: (state, { open }) => ({ ...state, palette: open }),
  comfort_set: (state, { comfort }) => ({ ...state, comfort: { ...state.comfort, ...comfort } }),
  agent_seen: agentSeen,
  erased: (state, { id }) => {
    const { [id]: _notes, ...notes } = state.notes;
    return drop({ ...state, notes, gone: { ...state.gone, [id]: true } }, id);
  },
};

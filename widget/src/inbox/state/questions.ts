// What the inbox must ask the server after something happened: a gap in rev or seq is asked about, never guessed.

import type { Action } from "./actions.ts";
import type { State, View } from "./state.ts";
import { allOf } from "./known.ts";
import { mustAsk } from "./threads.ts";
import { belongs } from "./views.ts";

export type Question =
  | { ask: "conversation"; id: string; after_seq: number }
  | { ask: "list"; view: View; fresh: boolean };

function aboutThread(state: State, id: string): Question[] {
  const thread = state.threads[id];
  if (state.selected !== id) return [];
  if (thread === undefined) return state.gone[id] ? [] : [{ ask: "conversation", id, after_seq: 0 }];
  return mustAsk(thread, state.conversations[id]) ? [{ ask: "conversation", id, after_seq: thread.complete_to }] : [];
}

/** Asked whenever a conversation comes on the screen: the server then tells of it at once and not in bundles. */
function aboutSelected(state: State, id: string): Question[] {
  return state.gone[id] ? [] : [{ ask: "conversation", id, after_seq: state.threads[id]?.complete_to ?? 0 }];
}

function aboutRow(before: State, after: State, id: string): Question[] {
  if (after.conversations[id] === undefined) return [{ ask: "list", view: "open", fresh: false }];
  // Known only now: the counts may include it already or not.
  return before.conversations[id] === undefined ? [{ ask: "list", view: after.view, fresh: false }] : [];
}

function aboutRev(before: State, after: State, id: string, rev: number | undefined): Question[] {
  const old = before.conversations[id]?.rev;
  if (old === undefined || rev === undefined || rev <= old + 1 || after.selected !== id) return [];
  // Something happened in between. The row is whole, but the record beside it may have changed too.
  return [{ ask: "conversation", id, after_seq: after.threads[id]?.complete_to ?? 0 }];
}

function aboutList(after: State, view: View): Question[] {
  const page = after.pages[view];
  if (view === "closed" || page.next !== null) return [];
  const me = after.me?.id ?? null;
  const here = allOf(after.conversations).filter((one) => belongs(one, view, me)).length;
  return here === after.counts[view] ? [] : [{ ask: "list", view, fresh: true }];
}

/** Return what to ask after an action that led from one state to the next. */
export function questions(before: State, after: State, action: Action): Question[] {
  switch (action.type) {
    case "message_stored": {
      const id = action.message.conversation_id;
      const rev = aboutRev(before, after, id, action.told?.rev);
      return [...aboutRow(before, after, id), ...(rev.length > 0 ? rev : aboutThread(after, id))];
    }
    case "conversation_changed": {
      const id = action.conversation.id;
      const rev = aboutRev(before, after, id, action.conversation.rev);
      return [...aboutRow(before, after, id), ...(rev.length > 0 ? rev : aboutThread(after, id))];
    }
    case "consent_changed":
      return [...aboutRow(before, after, action.conversation_id), ...aboutThread(after, action.conversation_id)];
    case "selected":
      return action.id === null ? [] : aboutSelected(after, action.id);
    case "view_set":
      return after.pages[action.view].loaded ? [] : [{ ask: "list", view: action.view, fresh: true }];
    case "sort_set":
      return [{ ask: "list", view: after.view, fresh: true }];
    case "list_came":
      // Asked with known revs and still another number than the server's: then ask for all of it, once.
      return action.replace || action.more ? [] : aboutList(after, action.view);
    default:
      return [];
  }
}

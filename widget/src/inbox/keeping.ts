// What the inbox keeps in this browser: what an agent wrote and did not send yet, and how the agent likes to work.

import type { Pending, View } from "./state/state.ts";
import { VIEWS } from "./state/state.ts";
import { COMFORT } from "./state/work_state.ts";
import type { Comfort, SavedView } from "./state/work_state.ts";

const SOUND = "chatgate-inbox:sound";
const VIEW = "chatgate-inbox:view";
const COMFORTS = "chatgate-inbox:comfort";
const draftsKey = (agent: string) => `chatgate-inbox:drafts:${agent}`;
const unsentKey = (agent: string) => `chatgate-inbox:unsent:${agent}`;
const viewsKey = (agent: string) => `chatgate-inbox:views:${agent}`;

/** Messages on their way, by conversation. */
export type Unsent = Readonly<Record<string, readonly Pending[]>>;

function stored<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(key);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    // Private windows may forbid storage; the inbox works without.
    return fallback;
  }
}

function store(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    return;
  }
}

/** Return the drafts that an agent left in this browser, by conversation. */
export function loadDrafts(agent: string): Record<string, string> {
  return stored(draftsKey(agent), {});
}

/** Keep an agent's drafts, so that a reload or a revoked session loses none. */
export function keepDrafts(agent: string, drafts: Readonly<Record<string, string>>): void {
  if (Object.keys(drafts).length === 0) remove(draftsKey(agent));
  else store(draftsKey(agent), drafts);
}

/** Return the messages that an agent sent and that no answer has come for, with their `client_id`s. */
export function loadUnsent(agent: string): Unsent {
  return stored(unsentKey(agent), {});
}

/** Keep them, so that a reload sends them once more and the server stores each once. */
export function keepUnsent(agent: string, pending: Unsent): void {
  const left = Object.fromEntries(Object.entries(pending).filter(([, list]) => list.length > 0));
  if (Object.keys(left).length === 0) remove(unsentKey(agent));
  else store(unsentKey(agent), left);
}

/** Remove everything that an agent wrote: whoever signs out leaves no words of a chat behind. */
export function forgetWords(agent: string): void {
  remove(draftsKey(agent));
  remove(unsentKey(agent));
}

function remove(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    return;
  }
}

export function loadSound(): boolean {
  return stored(SOUND, true);
}

export function keepSound(on: boolean): void {
  store(SOUND, on);
}

/** Return the views that an agent saved in this browser. */
export function loadSavedViews(agent: string): readonly SavedView[] {
  return stored<readonly SavedView[]>(viewsKey(agent), []);
}

export function keepSavedViews(agent: string, views: readonly SavedView[]): void {
  if (views.length === 0) remove(viewsKey(agent));
  else store(viewsKey(agent), views);
}

/** Return the list that was looked at last in this browser. */
export function loadView(): View {
  const view = stored<string>(VIEW, "open");
  return VIEWS.find((one) => one === view) ?? "open";
}

export function keepView(view: View): void {
  store(VIEW, view);
}

export function loadComfort(): Comfort {
  return { ...COMFORT, ...stored<Partial<Comfort>>(COMFORTS, {}) };
}

export function keepComfort(comfort: Comfort): void {
  store(COMFORTS, comfort);
}

// All conversations that are known, by id. Ten thousand are too many to copy for every message: what changed since the
// last whole copy lies in a layer over it (its prototype), so that a lookup by id stays a lookup.

import type { AgentConversation } from "../server/wire.ts";

export type Known = Readonly<Record<string, AgentConversation>>;

/** So few are simply copied, and so many are the most that lie in a layer. */
const FEW = 256;

const BASES = new WeakMap<Known, Known>();
const LISTS = new WeakMap<Known, readonly AgentConversation[]>();
const PLACES = new WeakMap<Known, ReadonlyMap<string, number>>();

function baseOf(known: Known): Known {
  return BASES.get(known) ?? known;
}

function whole(known: Known): Record<string, AgentConversation> {
  const base = baseOf(known);
  return base === known ? { ...base } : { ...base, ...known };
}

/** Return what is known with some conversations put in, in place of those with the same ids. */
export function put(known: Known, ...rows: readonly AgentConversation[]): Known {
  const base = baseOf(known);
  const changed: Record<string, AgentConversation> = base === known ? {} : { ...known };
  for (const row of rows) changed[row.id] = row;
  if (allOf(base).length < FEW || Object.keys(changed).length > FEW) return { ...base, ...changed };
  const layer = Object.assign(Object.create(base) as Record<string, AgentConversation>, changed);
  BASES.set(layer, base);
  return layer;
}

/** Return those of what is known that `stays` says yes to. */
export function only(known: Known, stays: (one: AgentConversation) => boolean): Known {
  return Object.fromEntries(Object.entries(whole(known)).filter(([, one]) => stays(one)));
}

/** Return all of them, in no order. Listed once for each change, whoever asks. */
export function allOf(known: Known): readonly AgentConversation[] {
  const listed = LISTS.get(known);
  if (listed !== undefined) return listed;
  const base = baseOf(known);
  const all = base === known ? Object.values(known) : withLayer(base, known);
  LISTS.set(known, all);
  return all;
}

function withLayer(base: Known, layer: Known): AgentConversation[] {
  const all = [...allOf(base)];
  const places = placesOf(base);
  for (const one of Object.values(layer)) all[places.get(one.id) ?? all.length] = one;
  return all;
}

function placesOf(base: Known): ReadonlyMap<string, number> {
  const known = PLACES.get(base) ?? new Map(allOf(base).map((one, place) => [one.id, place]));
  PLACES.set(base, known);
  return known;
}

/** Return the ids of what differs, or null when only a look at all of them would tell. */
export function changedBetween(before: Known, after: Known): string[] | null {
  if (before === after) return [];
  const base = baseOf(after);
  if (baseOf(before) !== base) return null;
  const ids = [before, after].flatMap((one) => (one === base ? [] : Object.keys(one)));
  return [...new Set(ids)].filter((id) => before[id] !== after[id]);
}

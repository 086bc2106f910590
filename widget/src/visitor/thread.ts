// The message list: merge what arrives, know a gap, and arrange it into days and groups.
import type { AttachmentView, MessageView } from "@protocol";

/** A message on its way. It keeps its client_id for ever, so that a resend is never a second message. */
export interface Unsent {
  client_id: string;
  body: string;
  /** Files that are uploaded already and go with it; absent for none. */
  attachments?: AttachmentView[];
  at: string;
  state: "sending" | "failed";
  /** Why it failed: a refusal code, or null for no answer. */
  reason: string | null;
}

export interface Entry {
  key: string;
  body: string;
  attachments: readonly AttachmentView[];
  at: string;
  seq: number | null;
  unsent: Unsent | null;
}

export interface Group {
  kind: "group";
  key: string;
  author: MessageView["author_kind"];
  name: string | null;
  entries: Entry[];
}

export interface Day {
  kind: "day";
  key: string;
  at: string;
}

const GROUP_WITHIN_MS = 5 * 60_000;

/** Add messages, each once, in the order of their sequence numbers. */
export function mergeMessages(known: readonly MessageView[], incoming: readonly MessageView[]): MessageView[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of incoming) byId.set(message.id, message);
  return [...byId.values()].sort((one, other) => one.seq - other.seq);
}

/** The last sequence number up to which nothing is missing. */
export function contiguousSeq(messages: readonly MessageView[]): number {
  let last = 0;
  for (const message of messages) {
    if (message.seq > last + 1) break;
    last = message.seq;
  }
  return last;
}

export function hasGap(messages: readonly MessageView[]): boolean {
  return contiguousSeq(messages) !== (messages.at(-1)?.seq ?? 0);
}

/** What is still unsent once these messages are known to be stored. */
export function stillUnsent(unsent: readonly Unsent[], messages: readonly MessageView[]): Unsent[] {
  const stored = new Set(messages.map((message) => message.client_id));
  return unsent.filter((one) => !stored.has(one.client_id));
}

/** Days, and in them consecutive messages of one author as one group. */
export function arrange(messages: readonly MessageView[], unsent: readonly Unsent[]): Array<Day | Group> {
  const items: Array<Day | Group> = [];
  for (const message of messages) {
    const entry = { key: message.client_id ?? message.id, body: message.body, attachments: message.attachments, at: message.stored_at };
    append(items, message.author_kind, message.author_name, { ...entry, seq: message.seq, unsent: null });
  }
  for (const one of stillUnsent(unsent, messages)) {
    const entry = { key: one.client_id, body: one.body, attachments: one.attachments ?? [], at: one.at };
    append(items, "visitor", null, { ...entry, seq: null, unsent: one });
  }
  return items;
}

function append(items: Array<Day | Group>, author: Group["author"], name: string | null, entry: Entry): void {
  const last = items.at(-1);
  const previous = last?.kind === "group" ? last.entries.at(-1) : undefined;
  if (!previous || dayOf(previous.at) !== dayOf(entry.at)) {
    items.push({ kind: "day", key: `day-${entry.key}`, at: entry.at });
  }
  const group = items.at(-1);
  if (group?.kind === "group" && belongs(group, author, name, entry)) group.entries.push(entry);
  else items.push({ kind: "group", key: entry.key, author, name, entries: [entry] });
}

function belongs(group: Group, author: Group["author"], name: string | null, entry: Entry): boolean {
  const before = group.entries.at(-1);
  const pause = before ? new Date(entry.at).getTime() - new Date(before.at).getTime() : 0;
  return author !== "system" && group.author === author && group.name === name && pause < GROUP_WITHIN_MS;
}

function dayOf(at: string): string {
  return new Date(at).toDateString();
}

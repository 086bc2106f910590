// How messages stand on the screen: days, and runs of one author within a few minutes.

import type { MessageView } from "../server/wire.ts";

const RUN_GAP_SECONDS = 300;

export interface Run {
  key: string;
  author_kind: MessageView["author_kind"];
  author_name: string | null;
  messages: MessageView[];
}

export interface Day {
  key: string;
  at: string;
  runs: Run[];
}

function dayKey(iso: string): string {
  const date = new Date(iso);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

function continues(run: Run, message: MessageView): boolean {
  const last = run.messages.at(-1);
  if (last === undefined || message.author_kind === "system") return false;
  if (run.author_kind !== message.author_kind || run.author_name !== message.author_name) return false;
  return Date.parse(message.stored_at) - Date.parse(last.stored_at) < RUN_GAP_SECONDS * 1000;
}

/** Return messages, already in order, as days of runs. Days are those of the reader's clock. */
export function groupByDay(messages: readonly MessageView[]): Day[] {
  const days: Day[] = [];
  for (const message of messages) {
    const key = dayKey(message.stored_at);
    let day = days.at(-1);
    if (day === undefined || day.key !== key) {
      day = { key, at: message.stored_at, runs: [] };
      days.push(day);
    }
    const run = day.runs.at(-1);
    if (run !== undefined && continues(run, message)) run.messages.push(message);
    else {
      const { author_kind, author_name } = message;
      day.runs.push({ key: message.id, author_kind, author_name, messages: [message] });
    }
  }
  return days;
}

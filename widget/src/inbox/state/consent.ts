// What a visitor agreed to, purpose by purpose, read from the answer of the server.

import type { AgentConversation, ClauseView, ConsentView } from "../server/wire.ts";

export type Decision = "given" | "refused" | "withdrawn";

export interface PurposeState {
  purpose: string;
  decision: Decision;
  at: string;
  text: string | null;
}

interface Happened {
  choices: Record<string, boolean>;
  event_at: string;
}

function isHappened(value: unknown): value is Happened {
  if (typeof value !== "object" || value === null) return false;
  const { choices, event_at } = value as Partial<Record<keyof Happened, unknown>>;
  return typeof choices === "object" && choices !== null && typeof event_at === "string";
}

function history(record: Readonly<Record<string, unknown>>): Happened[] {
  const events = record["events"];
  return Array.isArray(events) ? events.filter(isHappened) : [];
}

/** Return every purpose with its decision, the time of that decision and the text that was shown. */
export function purposeStates(
  consent: ConsentView,
  clauses: readonly ClauseView[],
  record: Readonly<Record<string, unknown>>,
): PurposeState[] {
  const asked = clauses.map((clause) => clause.purpose);
  const purposes = [...new Set([...asked, ...Object.keys(consent.choices)])];
  const events = history(record);
  return purposes.map((purpose) => {
    const given = consent.choices[purpose] === true;
    const about = events.filter((event) => purpose in event.choices);
    const wasGiven = about.some((event) => event.choices[purpose] === true);
    return {
      purpose,
      decision: given ? "given" : wasGiven ? "withdrawn" : "refused",
      at: lastChange(about, purpose) ?? (given ? consent.given_at : consent.changed_at),
      text: clauses.find((clause) => clause.purpose === purpose)?.text ?? null,
    };
  });
}

/** Return when a purpose got the answer that it still has; a repeated answer is no change. */
function lastChange(about: readonly Happened[], purpose: string): string | null {
  let at: string | null = null;
  let before: boolean | undefined;
  for (const event of about) {
    if (event.choices[purpose] !== before) at = event.event_at;
    before = event.choices[purpose];
  }
  return at;
}

/** Return the purposes of a row, the required one first. */
export function rowPurposes(conversation: AgentConversation): Array<{ purpose: string; given: boolean }> {
  return Object.entries(conversation.consent.choices)
    .map(([purpose, given]) => ({ purpose, given }))
    .sort((a, b) => Number(b.purpose === "support") - Number(a.purpose === "support"));
}

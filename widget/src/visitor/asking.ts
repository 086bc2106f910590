// The decision while it is being made: what is ticked, what it still lacks, and what it says.
import type { ChatState } from "./state.ts";

/** The question that is no clause: whether the visitor is under the age of consent. */
export const AGE = "age";
const TRAINING = "training";

type Deciding = Pick<ChatState, "notice" | "asking" | "choices" | "missing" | "minor">;

/** The age to ask about, or null. Within an open chat it is known already. */
export function ageLimit({ notice, asking }: Deciding): number | null {
  return asking === "within" ? null : (notice?.notice.age_limit ?? null);
}

/** Somebody under age cannot agree to training; where the chat depends on it, the server says so. */
export function isOutOfReach(clause: { purpose: string; required: boolean }, isMinor: boolean | null): boolean {
  return isMinor === true && clause.purpose === TRAINING && !clause.required;
}

export function withChoice({ choices, missing }: Deciding, purpose: string, given: boolean): Partial<ChatState> {
  return {
    choices: { ...choices, [purpose]: given },
    missing: given ? missing.filter((other) => other !== purpose) : missing,
  };
}

export function withAge({ notice, choices, missing }: Deciding, minor: boolean): Partial<ChatState> {
  const clauses = notice?.notice.clauses ?? [];
  const left = clauses.filter((clause) => !isOutOfReach(clause, minor)).map(({ purpose }) => purpose);
  return {
    minor,
    choices: Object.fromEntries(Object.entries(choices).filter(([purpose]) => left.includes(purpose))),
    missing: missing.filter((other) => other !== AGE),
  };
}

/** What Start chat still needs, in the order in which it stands on the screen. */
export function lacking(state: Deciding): string[] {
  const clauses = state.notice?.notice.clauses ?? [];
  const untouched = clauses.filter((one) => one.required && !state.choices[one.purpose]).map((one) => one.purpose);
  return ageLimit(state) !== null && state.minor === null ? [AGE, ...untouched] : untouched;
}

/** Every clause with its yes or no: what was not ticked is a no. */
export function decided({ notice, choices }: Deciding): Record<string, boolean> {
  return Object.fromEntries((notice?.notice.clauses ?? []).map(({ purpose }) => [purpose, choices[purpose] === true]));
}

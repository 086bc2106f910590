// The visitor's rights over the chat: a copy of all that is stored, and erasure. Both work without an account.
import { Refused } from "../shared/refusals.ts";

export type Right = "access" | "erasure";
/** What became of a request: done at once, taken with a date, or why not. */
export type Outcome = { kind: "done"; content: unknown } | { kind: "taken"; due: string } | { kind: "failed"; code: string };

export async function exercise(right: Right, ask: (right: Right) => Promise<unknown>): Promise<Outcome> {
  try {
    return outcomeOf(right, await ask(right));
  } catch (error) {
    return { kind: "failed", code: error instanceof Refused ? error.code : "no_answer" };
  }
}

/** An erasure is done for the visitor when the rows are gone; a copy is done when the answer carries it. */
function outcomeOf(right: Right, answer: unknown): Outcome {
  const told = (typeof answer === "object" && answer !== null ? answer : {}) as Record<string, unknown>;
  const isDone = right === "erasure" ? told["state"] !== "received" : "export" in told;
  if (isDone) return { kind: "done", content: told["export"] };
  return { kind: "taken", due: typeof told["due_at"] === "string" ? told["due_at"] : "" };
}

// The visitor's rights over the chat: a copy of all that is stored, and erasure. Both work without an account.
import { Refused } from "../../shared/refusals.ts";

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

/** An erasure is done when the rows are gone; a copy is there when the answer is more than a receipt of the request. */
export function outcomeOf(right: Right, answer: unknown): Outcome {
  const told = (typeof answer === "object" && answer !== null ? answer : {}) as Record<string, unknown>;
  const isDone = right === "erasure" ? told["state"] !== "received" : told["due_at"] === undefined || "messages" in told;
  if (isDone) return { kind: "done", content: answer };
  return { kind: "taken", due: typeof told["due_at"] === "string" ? told["due_at"] : "" };
}

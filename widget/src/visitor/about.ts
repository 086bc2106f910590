// What the shop's page says of the visitor, and what the visitor says: told to the server in a session, never before.
import type { IdentitySet } from "@protocol";
import { Refused } from "../shared/refusals.ts";
import type { VisitorLine } from "./protocol.ts";

const MAX_FIELDS = 10;

export class About {
  #identity: IdentitySet | null = null;
  #context: Record<string, string> = {};

  /** Keep it in this page's memory until there is a session. Returns whether the words make sense. */
  identity(value: unknown): void {
    this.#identity = isIdentity(value) ? value : null;
  }

  context(value: unknown): void {
    this.#context = texts(value);
  }

  /** One more field, such as the address that the visitor gave for the answer. */
  field(name: string, value: string): void {
    this.#context = { ...this.#context, [name]: value };
  }

  /** Tell the server all that is not told yet. A wrong signature is the shop's mistake and no matter of the visitor. */
  async tell(line: VisitorLine | null): Promise<void> {
    const identity = this.#identity;
    const context = this.#context;
    if (!line?.isOnline) return;
    try {
      if (identity) {
        this.#identity = null;
        await line.request("identity_set", identity);
      }
      if (Object.keys(context).length > 0) {
        this.#context = {};
        await line.request("profile_set", { fields: context });
      }
    } catch (error) {
      if (error instanceof Refused) return;
      this.#identity ??= identity;
      this.#context = { ...context, ...this.#context };
    }
  }
}

function isIdentity(value: unknown): value is IdentitySet {
  if (typeof value !== "object" || value === null) return false;
  const { id, signature } = value as Record<string, unknown>;
  return typeof id === "string" && typeof signature === "string";
}

/** At most ten short texts; everything else of the page's is dropped. */
export function texts(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  const found = Object.entries(value)
    .filter(([name, text]) => name.length <= 40 && ["string", "number"].includes(typeof text))
    .slice(0, MAX_FIELDS)
    .map(([name, text]) => [name, String(text).slice(0, 500)]);
  return Object.fromEntries(found) as Record<string, string>;
}

// The proof of what stood on the screen: the hash of the clause texts as the page rendered them.

/** Where the build put sha256_fallback.ts. */
declare const CHATGATE_SHA256: string;

/** SHA-256 (hex) of the texts in order: NFC, UTF-8, joined by a line feed. */
export async function renderedSha256(texts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(texts.map((text) => text.normalize("NFC")).join("\n"));
  return [...(await sha256(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  // Pages without TLS have no digest of their own, and a shop may well try the widget on one first.
  if (!crypto.subtle) return ((await import(CHATGATE_SHA256)) as typeof import("./sha256_fallback.ts")).sha256(bytes);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** The texts of the clauses as they stand in the page, in order. */
export function renderedTexts(root: ParentNode): string[] {
  return [...root.querySelectorAll("[data-clause-text]")].map((element) => element.textContent ?? "");
}

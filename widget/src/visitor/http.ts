// The few HTTP requests of the widget: no cookie, no referrer, and a refusal is the same error as on the socket.
import type { ConsentAnswer, NoticeAnswer } from "@protocol";
import { NoAnswer, Refused } from "../shared/refusals.ts";
import type { ConsentRequests } from "./consent_desk.ts";
import type { Right } from "./rights.ts";

const PATIENCE_MS = 10_000;

declare global {
  interface Window {
    /** The first notice, asked for by the page before this script was there. */
    chatgateEarly?: { address: string; answer: Promise<Response> };
  }
}

export function fetchNotice(site: string, locale: string): Promise<NoticeAnswer> {
  const address = `/v1/sites/${encodeURIComponent(site)}/notice?locale=${encodeURIComponent(locale)}`;
  const early = window.chatgateEarly;
  delete window.chatgateEarly;
  return ask(address, {}, early?.address === address ? early.answer : undefined) as Promise<NoticeAnswer>;
}

/** The consent of a session. The token goes in a header, never in an address. */
export const consentRequests: ConsentRequests = {
  fetch: (token) => ask("/v1/consent", { headers: bearer(token) }) as Promise<ConsentAnswer>,
  change: (token, change) =>
    ask("/v1/consent", {
      method: "PATCH",
      headers: { ...bearer(token), "Content-Type": "application/json" },
      body: JSON.stringify(change),
    }) as Promise<ConsentAnswer>,
};

/** Use a right over the chat: a copy of everything (a zip, as `export`), or erasure. */
export function exerciseRight(token: string, kind: Right): Promise<unknown> {
  return ask("/v1/subject-requests", {
    method: "POST",
    headers: { ...bearer(token), "Content-Type": "application/json" },
    body: JSON.stringify({ kind, format: "zip" }),
    // A copy carries files, on any line.
    signal: AbortSignal.timeout(60 * PATIENCE_MS),
  });
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

async function ask(address: string, request: RequestInit = {}, early?: Promise<Response>): Promise<unknown> {
  let response: Response;
  let content: { code?: string; params?: Record<string, unknown> };
  try {
    response = await (early ??
      fetch(address, {
        signal: AbortSignal.timeout(PATIENCE_MS),
        ...request,
        credentials: "omit",
        referrerPolicy: "no-referrer",
      }));
    if (response.headers.get("Content-Type") === "application/zip") return { export: await response.blob() };
    content = await response.json();
  } catch {
    throw new NoAnswer();
  }
  if (!response.ok) throw content.code ? new Refused(content.code, content.params) : new NoAnswer();
  return content;
}

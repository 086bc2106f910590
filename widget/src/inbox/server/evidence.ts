// What the privacy role asks over HTTP: the proof of a consent, its pack, and the rights that people use by mail or phone.

import { Refused } from "../../shared/refusals.ts";
import type { ProofAnswer, SubjectRequestList, SubjectRequestView } from "./wire.ts";

export type Asked = { name: string } | { receipt: Record<string, unknown> };

/** Read what was typed or pasted: a number, or the text of a receipt. Null: it is neither. */
export function askedFor(text: string): Asked | null {
  const wanted = text.trim();
  if (wanted === "") return null;
  if (!wanted.startsWith("{")) return /^[\w.-]{1,64}$/.test(wanted) ? { name: wanted } : null;
  try {
    const receipt: unknown = JSON.parse(wanted);
    if (typeof receipt !== "object" || receipt === null) return null;
    // The access token is the visitor's: it does not leave this browser.
    return { receipt: { ...receipt, token: null } };
  } catch {
    return null;
  }
}

async function answerOf(answer: Response): Promise<Response> {
  if (answer.ok) return answer;
  let code = "server_error";
  try {
    code = ((await answer.json()) as { code?: string }).code ?? code;
  } catch {
    // A proxy's own error page is no JSON.
  }
  throw new Refused(code, {});
}

async function post(path: string, body: object): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return answerOf(await fetch(path, { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin" }));
}

export async function findProof(asked: Asked, reason: string): Promise<ProofAnswer> {
  return (await (await post("/inbox/proof", { ...asked, reason })).json()) as ProofAnswer;
}

export async function fetchPack(name: string, reason: string): Promise<Blob> {
  return (await post("/inbox/proof/pack", { name, reason })).blob();
}

export async function fetchRequests(): Promise<readonly SubjectRequestView[]> {
  const answer = await answerOf(await fetch("/inbox/subject-requests", { credentials: "same-origin", cache: "no-store" }));
  return ((await answer.json()) as SubjectRequestList).requests;
}

/** A copy of a visitor's data as a zip: a page to read, data for machines, files with their names. */
export async function fetchCopy(conversationId: string, kind: "access" | "portability", reason: string): Promise<Blob> {
  return (await post("/inbox/subject-requests", { conversation_id: conversationId, kind, reason, format: "zip" })).blob();
}

export type Right = "access" | "portability" | "erasure" | "restriction";
export const isCopy = (kind: Right): kind is "access" | "portability" => kind === "access" || kind === "portability";

export async function exercise(conversationId: string, kind: Right, reason: string): Promise<SubjectRequestView> {
  const answer = await post("/inbox/subject-requests", { conversation_id: conversationId, kind, reason });
  return (await answer.json()) as SubjectRequestView;
}

/** One decision as the proof tells it. */
export interface Told {
  number: number;
  kind: string;
  at: string;
  actor: string;
  choices: Record<string, boolean>;
  reason: string | null;
}

export function toldBy(event: Readonly<Record<string, unknown>>): Told {
  return {
    number: Number(event["number"]),
    kind: String(event["kind"]),
    at: String(event["event_at"]),
    actor: String(event["actor"]),
    choices: (event["choices"] ?? {}) as Record<string, boolean>,
    reason: typeof event["reason"] === "string" ? event["reason"] : null,
  };
}

/** Save a file that was made or fetched here. */
export function save(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

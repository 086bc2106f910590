// Being told while the inbox is closed: this browser's subscription at its own push service, by the shop's own key.

import { _ } from "../../shared/i18n.ts";
import type { Work } from "./work.ts";

/** Why this browser cannot be told; null when it can. */
export type Obstacle = "unsupported" | "not_offered" | "denied" | "failed";

export interface PushState {
  on: boolean;
  obstacle: Obstacle | null;
}

const SCOPE = "/inbox";

interface Types {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL(url: string): string };
}

/** Return whether this browser is told, and what is in the way. */
export async function pushState(work: Work): Promise<PushState> {
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) return { on: false, obstacle: "unsupported" };
  const answer = await work.ask("push_key", {});
  if (answer?.public_key == null) return { on: false, obstacle: "not_offered" };
  if (Notification.permission === "denied") return { on: false, obstacle: "denied" };
  return { on: (await subscription()) !== null, obstacle: null };
}

/** Ask the browser and then the server to tell of visitors who write. */
export async function pushOn(work: Work): Promise<PushState> {
  const answer = await work.ask("push_key", {});
  if (answer?.public_key == null) return { on: false, obstacle: "not_offered" };
  if ((await Notification.requestPermission()) !== "granted") return { on: false, obstacle: "denied" };
  try {
    const registration = await navigator.serviceWorker.register(worker() as string, { scope: SCOPE });
    await navigator.serviceWorker.ready;
    const key = bytesOf(answer.public_key);
    const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { endpoint, keys } = made.toJSON();
    const told = await work.ask("push_subscribe", { endpoint: endpoint ?? "", p256dh: keys?.["p256dh"] ?? "", auth: keys?.["auth"] ?? "" });
    if (told !== null) return { on: true, obstacle: null };
    await made.unsubscribe();
  } catch {
    // Browsers say no in many ways: a private window, no push service, no network.
  }
  return { on: false, obstacle: "failed" };
}

/** Tell this browser no longer; the server forgets its address. */
export async function pushOff(work: Work): Promise<PushState> {
  const made = await subscription();
  if (made !== null) {
    await work.ask("push_unsubscribe", { endpoint: made.endpoint });
    await made.unsubscribe();
  }
  return { on: false, obstacle: null };
}

/** Forget this browser's subscription: whoever signs out is not told any more. */
export async function forgetPush(): Promise<void> {
  if ("serviceWorker" in navigator) await (await subscription())?.unsubscribe();
}

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** The worker's address, with the words that it shows; a page with trusted types takes addresses of scripts from a policy only. */
function worker(): unknown {
  const address = `/inbox/push.js?words=${encodeURIComponent(_("A visitor wrote"))}`;
  const types = (window as unknown as { trustedTypes?: Types }).trustedTypes;
  return types === undefined ? address : types.createPolicy("chatgate-push", { createScriptURL: (url) => url }).createScriptURL(address);
}

function bytesOf(words: string): Uint8Array<ArrayBuffer> {
  const text = atob(words.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

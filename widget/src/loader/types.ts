// What the server tells the loader.
export type { ChatGate, ChatGateEvent, Handler } from "./chatgate.d.ts";

export interface LoaderSite {
  id: string;
  name: string;
  accent: string;
  /** The colour of what stands on the accent, black or white by contrast. */
  ink: string;
  position: "right" | "left";
  default_locale: string;
  greeting: Record<string, string>;
  greeting_rules: Array<{ text: Record<string, string>; path: string; after_seconds: number }>;
  base_url: string;
  labels: Record<string, { open: string; close: string; dismiss: string }>;
}

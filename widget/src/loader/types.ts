// What the server tells the loader, and what the loader offers to the shop's page.

export interface LoaderSite {
  id: string;
  name: string;
  accent: string;
  position: "right" | "left";
  default_locale: string;
  greeting: Record<string, string>;
  base_url: string;
  labels: Record<string, { open: string; close: string; dismiss?: string }>;
}

/** `unread` carries the number of answers that were not read yet; no event carries a text of the chat. */
export type ChatGateEvent = "open" | "close" | "session_opened" | "session_closed" | "unread";

export type Handler = (detail?: unknown) => void;

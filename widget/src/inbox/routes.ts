// The address of what is on the screen: `#<conversation>` for a chat, `#/<page>` for a page beside the chats.

import type { Page } from "./state/work_state.ts";

export interface Route {
  page: Page;
  selected: string | null;
}

const PAGES: readonly Page[] = ["canned", "training", "agents", "privacy", "audit", "account"];

/** Return what an address asks for; an unknown page is the list of chats. */
export function routeOf(hash: string): Route {
  const place = decoded(hash.replace(/^#/, ""));
  if (!place.startsWith("/")) return { page: "chats", selected: place === "" ? null : place };
  return { page: PAGES.find((page) => `/${page}` === place) ?? "chats", selected: null };
}

/** Return the address of a page; the chats go back to the one that was open. */
export function pageAddress(page: Page, selected: string | null): string {
  return page === "chats" ? `#${encodeURIComponent(selected ?? "")}` : `#/${page}`;
}

function decoded(place: string): string {
  try {
    return decodeURIComponent(place);
  } catch {
    // Somebody's half of an address.
    return "";
  }
}

// The rail with the pages, at the side of a wide screen and at the foot of a phone.

import { _ } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { keyboardIcon, logOutIcon } from "../../shared/icons.ts";
import { may } from "../rights.ts";
import { pageAddress } from "../routes.ts";
import { unreadIn } from "../state/tallies.ts";
import { useDesk, useSelect } from "./desk.tsx";
import { PAGES } from "./pages/page_table.tsx";
import type { PageEntry } from "./pages/page_table.tsx";

function initials(name: string): string {
  const parts = name.split(/\s+/).filter(Boolean);
  return [parts[0], parts.length > 1 ? parts.at(-1) : undefined].map((part) => part?.[0]?.toLocaleUpperCase() ?? "").join("");
}

function Face() {
  const name = useSelect((state) => state.me?.name ?? "");
  const online = useSelect((state) => state.presence === "online");
  return (
    <span class="rail-face" aria-hidden="true">
      {initials(name)}
      <span class={online ? "presence-dot presence-dot-on" : "presence-dot"} />
    </span>
  );
}

function Unread() {
  const unread = useSelect((state) => unreadIn(state.conversations, "open", state.me?.id ?? null) > 0);
  return unread ? <span class="rail-unread" /> : null;
}

function Entry({ entry }: { entry: PageEntry }) {
  const current = useSelect((state) => state.page === entry.page);
  const selected = useSelect((state) => state.selected);
  return (
    <a
      class="rail-item"
      href={pageAddress(entry.page, selected)}
      aria-current={current ? "page" : undefined}
      aria-label={entry.name()}
      title={entry.name()}
    >
      {entry.page === "account" ? <Face /> : <Icon path={entry.icon} />}
      {entry.page === "chats" && <Unread />}
    </a>
  );
}

export function Rail() {
  const desk = useDesk();
  const me = useSelect((state) => state.me);
  const entries = PAGES.filter(({ needs }) => may(me, needs));
  return (
    <nav class="rail" aria-label={_("Pages")}>
      {entries
        .filter(({ page }) => page !== "account")
        .map((entry) => (
          <Entry key={entry.page} entry={entry} />
        ))}
      <span class="rail-space" />
      <button
        type="button"
        class="rail-item rail-desk"
        aria-label={_("Keyboard")}
        title={_("Keyboard")}
        onClick={() => desk.store.dispatch({ type: "help_set", open: true })}
      >
        <Icon path={keyboardIcon} />
      </button>
      <button
        type="button"
        class="rail-item rail-desk"
        aria-label={_("Sign out")}
        title={_("Sign out")}
        onClick={() => void desk.signOut()}
      >
        <Icon path={logOutIcon} flips />
      </button>
      {entries
        .filter(({ page }) => page === "account")
        .map((entry) => (
          <Entry key={entry.page} entry={entry} />
        ))}
    </nav>
  );
}

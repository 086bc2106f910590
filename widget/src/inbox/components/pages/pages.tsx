// A page beside the chats, from the table of pages: its name, its sentence, its content.

import { _ } from "../../../shared/i18n.ts";
import { may } from "../../rights.ts";
import type { Page } from "../../state/work_state.ts";
import { useSelect } from "../desk.tsx";
import { PAGES } from "./page_table.tsx";

export function Pages({ page }: { page: Page }) {
  const me = useSelect((state) => state.me);
  const entry = PAGES.find((one) => one.page === page);
  if (entry === undefined || entry.Body === null) return null;
  const { Body, name, about, needs, wide } = entry;
  return (
    <section class="page">
      <div class={wide === true ? "page-body page-wide" : "page-body"}>
        <header class="page-head">
          <h2>{name()}</h2>
          <p>{about()}</p>
        </header>
        {may(me, needs) ? <Body /> : <p class="card-quiet">{_("Your role does not allow this.")}</p>}
      </div>
    </section>
  );
}

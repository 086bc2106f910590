// Pages beside the desk: this account, the agents, the audit log. Each asks the server when it is opened.

import type { ComponentChildren } from "preact";
import { _ } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { arrowLeftIcon } from "../../shared/icons.ts";
import { may } from "../rights.ts";
import { pageName } from "../words.ts";
import type { Page } from "../work_state.ts";
import { AccountPage } from "./account_page.tsx";
import { AgentsPage } from "./agents_page.tsx";
import { AuditPage } from "./audit_page.tsx";
import { useDesk, useSelect } from "./desk.tsx";

const NEEDS: Readonly<Record<Page, string>> = {
  chats: "conversation_list",
  account: "sign_in_list",
  agents: "agents_list",
  audit: "audit_list",
};

function Tabs({ page }: { page: Page }) {
  const { store } = useDesk();
  const me = useSelect((state) => state.me);
  return (
    <nav class="page-tabs" aria-label={_("Pages")}>
      <button class="button button-small" type="button" onClick={() => store.dispatch({ type: "page_set", page: "chats" })}>
        <Icon path={arrowLeftIcon} size={16} flips />
        {pageName("chats")}
      </button>
      {(["account", "agents", "audit"] as const).map((one) => (
        <button
          key={one}
          class="tab"
          type="button"
          aria-current={one === page ? "page" : undefined}
          disabled={!may(me, NEEDS[one])}
          title={may(me, NEEDS[one]) ? undefined : _("Your role does not allow this.")}
          onClick={() => store.dispatch({ type: "page_set", page: one })}
        >
          {pageName(one)}
        </button>
      ))}
    </nav>
  );
}

function contentOf(page: Page): ComponentChildren {
  if (page === "account") return <AccountPage />;
  return page === "agents" ? <AgentsPage /> : <AuditPage />;
}

export function Pages({ page }: { page: Page }) {
  return (
    <section class="page">
      <Tabs page={page} />
      <div class="page-body">
        <h2>{pageName(page)}</h2>
        {contentOf(page)}
      </div>
    </section>
  );
}

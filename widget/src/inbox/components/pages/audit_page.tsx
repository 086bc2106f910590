// The audit log: who did what and why, without content, newest first.

import { useEffect, useState } from "preact/hooks";
import { _ } from "../../../shared/i18n.ts";
import type { AuditView } from "../../server/wire.ts";
import { auditWords } from "../../words.ts";
import { DataTable, Time } from "./data_table.tsx";
import type { Column } from "./data_table.tsx";
import { useDesk, useSelect } from "../desk.tsx";

const PAGE_SIZE = 50;
const ABOUT_CHATS = /^(conversation|consent|proof|visitor)_/;

function Who({ event }: { event: AuditView }) {
  if (event.actor_name != null) return <bdi>{event.actor_name}</bdi>;
  if (event.actor === "operator") return <>{_("The server's operator")}</>;
  // An account that was removed has no name any more.
  return <span class="mono">{event.actor.slice(0, 14)}</span>;
}

function About({ event }: { event: AuditView }) {
  const { action, subject_id, subject_name } = event;
  if (subject_name != null) return <bdi>{subject_name}</bdi>;
  if (subject_id === null) return null;
  if (!ABOUT_CHATS.test(action)) return <span class="mono" title={subject_id}>{subject_id.slice(-8)}</span>;
  return (
    <a class="mono" href={`#${encodeURIComponent(subject_id)}`} title={subject_id}>
      {_("chat {id}", { id: subject_id.slice(-8) })}
    </a>
  );
}

function columns(): Column<AuditView>[] {
  return [
    { name: _("When"), cell: ({ at }) => <Time at={at} /> },
    { name: _("Who"), cell: (event) => <Who event={event} /> },
    { name: _("What"), cell: ({ action }) => <span title={action}>{auditWords(action)}</span>, heads: true },
    { name: _("About"), cell: (event) => event.subject_id !== null && <About event={event} /> },
    { name: _("Why"), cell: ({ reason }) => reason ?? "" },
  ];
}

export function AuditPage() {
  const { work } = useDesk();
  const [events, setEvents] = useState<readonly AuditView[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const load = async (before: string | null) => {
    const answer = await work.ask("audit_list", { limit: PAGE_SIZE, before });
    if (answer === null) return;
    setEvents((known) => (before === null ? answer.events : [...(known ?? []), ...answer.events]));
    setNext(answer.next);
  };
  const online = useSelect((state) => state.link === "online");
  useEffect(() => {
    if (online) void load(null);
  }, [online]);
  return (
    <DataTable
      label={_("Audit log")}
      columns={columns()}
      rows={events}
      keyOf={({ id }) => id}
      none={_("Nothing has happened yet that is kept here.")}
    >
      {next !== null && (
        <button class="button button-small" type="button" onClick={() => void load(next)}>
          {_("Show more")}
        </button>
      )}
    </DataTable>
  );
}

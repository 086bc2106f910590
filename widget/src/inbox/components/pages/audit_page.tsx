// The audit log: who did what and why, without content, newest first.

import { useEffect, useState } from "preact/hooks";
import { _, formatDateTime } from "../../../shared/i18n.ts";
import type { AuditView } from "../../server/wire.ts";
import { auditWords } from "../../words.ts";
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

export function AuditPage() {
  const { work } = useDesk();
  const [events, setEvents] = useState<readonly AuditView[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const load = async (before: string | null) => {
    const answer = await work.ask("audit_list", { limit: PAGE_SIZE, before });
    if (answer === null) return;
    setEvents((known) => (before === null ? answer.events : [...known, ...answer.events]));
    setNext(answer.next);
  };
  const online = useSelect((state) => state.link === "online");
  useEffect(() => {
    if (online) void load(null);
  }, [online]);
  return (
    <div class="table-place" tabIndex={0} role="region" aria-label={_("Audit log")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{_("When")}</th>
            <th scope="col">{_("Who")}</th>
            <th scope="col">{_("What")}</th>
            <th scope="col">{_("About")}</th>
            <th scope="col">{_("Why")}</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.id}>
              <td class="table-when">
                <time dateTime={event.at}>{formatDateTime(event.at)}</time>
              </td>
              <td>
                <Who event={event} />
              </td>
              <td title={event.action}>{auditWords(event.action)}</td>
              <td>
                <About event={event} />
              </td>
              <td>{event.reason ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {next !== null && (
        <button class="button button-small" type="button" onClick={() => void load(next)}>
          {_("Show more")}
        </button>
      )}
    </div>
  );
}

// The audit log: who did what and why, without content, newest first.

import { useEffect, useState } from "preact/hooks";
import { _, formatDateTime } from "../../shared/i18n.ts";
import type { AuditView } from "../wire.ts";
import { useDesk } from "./desk.tsx";

const PAGE_SIZE = 50;

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
  useEffect(() => void load(null), []);
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
              <td>
                <time dateTime={event.at}>{formatDateTime(event.at)}</time>
              </td>
              <td>{event.actor}</td>
              <td class="mono">{event.action}</td>
              <td class="mono">{event.subject_id ?? ""}</td>
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

// The agents: who is here, how much is open; admins give roles and switch agents off.

import { useEffect } from "preact/hooks";
import { _, formatNumber } from "../../shared/i18n.ts";
import { may } from "../rights.ts";
import type { AgentSummary } from "../wire.ts";
import { presenceName, roleName } from "../words.ts";
import { useDesk, useSelect } from "./desk.tsx";

const ROLES = ["agent", "privacy_officer", "admin"] as const;

function Line({ agent, mayChange }: { agent: AgentSummary; mayChange: boolean }) {
  const { work } = useDesk();
  const change = async (payload: { role?: AgentSummary["role"]; active?: boolean }) => {
    await work.ask("agent_change", { agent_id: agent.id, ...payload });
    await work.agents();
  };
  return (
    <tr>
      <th scope="row">{agent.name}</th>
      <td>{presenceName(agent.state)}</td>
      <td class="number">{formatNumber(agent.open)}</td>
      <td>
        {mayChange ? (
          <select
            class="field"
            aria-label={_("Role of {name}", { name: agent.name })}
            value={agent.role}
            onChange={(event) => void change({ role: event.currentTarget.value as AgentSummary["role"] })}
          >
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {roleName(role)}
              </option>
            ))}
          </select>
        ) : (
          roleName(agent.role)
        )}
      </td>
      {mayChange && (
        <td>
          <button class="button button-small" type="button" onClick={() => void change({ active: false })}>
            {_("Switch off")}
          </button>
        </td>
      )}
    </tr>
  );
}

export function AgentsPage() {
  const { work } = useDesk();
  const agents = useSelect((state) => state.agents);
  const me = useSelect((state) => state.me);
  useEffect(() => void work.agents(), []);
  const mayChange = may(me, "agent_change");
  return (
    <div class="table-place" tabIndex={0} role="region" aria-label={_("Agents")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{_("Name")}</th>
            <th scope="col">{_("Now")}</th>
            <th scope="col">{_("Open chats")}</th>
            <th scope="col">{_("Role")}</th>
            {mayChange && <td />}
          </tr>
        </thead>
        <tbody>
          {agents.map((agent) => (
            <Line key={agent.id} agent={agent} mayChange={mayChange && agent.id !== me?.id} />
          ))}
        </tbody>
      </table>
      {!mayChange && <p class="card-quiet">{_("Only an admin changes roles.")}</p>}
    </div>
  );
}

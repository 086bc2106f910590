// The agents: who is here, how much is open; admins add them, give roles, switch agents off and on, and remove accounts.

import { useEffect, useState } from "preact/hooks";
import { _, formatNumber } from "../../../shared/i18n.ts";
import { may } from "../../rights.ts";
import type { AgentSummary } from "../../server/wire.ts";
import { presenceName, roleName } from "../../words.ts";
import { AddAgent, ROLES } from "./agent_form.tsx";
import type { Role } from "./agent_form.tsx";
import { WithReason } from "../context/consent_actions.tsx";
import { useDesk, useSelect } from "../desk.tsx";

/** What an admin does with an account; each is asked of the server, and the list is asked again. */
function useChanges(reload: () => Promise<void>) {
  const { work } = useDesk();
  const change = async ({ id }: AgentSummary, payload: { role?: Role; active?: boolean }) => {
    const done = (await work.ask("agent_change", { agent_id: id, ...payload })) !== null;
    await reload();
    return done;
  };
  const role = async (agent: AgentSummary, next: Role) => {
    if (!(await change(agent, { role: next }))) return;
    work.toast(_("{name} is now: {role}", { name: agent.name, role: roleName(next) }), async () => {
      await change(agent, { role: agent.role });
    });
  };
  const active = async (agent: AgentSummary, on: boolean) => {
    if (!(await change(agent, { active: on }))) return;
    const words = on ? _("{name} is switched on", { name: agent.name }) : _("{name} is switched off", { name: agent.name });
    work.toast(words, async () => {
      await change(agent, { active: !on });
    });
  };
  const remove = async ({ id, name }: AgentSummary, reason: string) => {
    const done = (await work.ask("agent_remove", { agent_id: id, reason })) !== null;
    await reload();
    if (done) work.toast(_("The account of {name} is removed", { name }));
    return done;
  };
  return { role, active, remove };
}

function RoleCell({ agent, onRole }: { agent: AgentSummary; onRole: ((role: Role) => void) | null }) {
  if (onRole === null) return <>{roleName(agent.role)}</>;
  return (
    <select
      class="field"
      aria-label={_("Role of {name}", { name: agent.name })}
      value={agent.role}
      onChange={(event) => onRole(event.currentTarget.value as Role)}
    >
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {roleName(role)}
        </option>
      ))}
    </select>
  );
}

interface LineProps {
  agent: AgentSummary;
  mine: boolean;
  mayChange: boolean;
  changes: ReturnType<typeof useChanges>;
}

function Line({ agent, mine, mayChange, changes }: LineProps) {
  const { active, name, open, state } = agent;
  const other = mayChange && !mine;
  return (
    <tr class={active ? undefined : "agent-off"}>
      <th scope="row">
        <bdi>{name}</bdi>
        {mine && <span class="agent-me">{_("you")}</span>}
      </th>
      <td>
        <span class="agent-now">
          <span class={state === "online" ? "presence-dot presence-dot-on" : "presence-dot"} />
          {active ? presenceName(state) : _("Switched off")}
        </span>
      </td>
      <td class="number">{formatNumber(open)}</td>
      <td>
        <RoleCell agent={agent} onRole={other && active ? (role) => void changes.role(agent, role) : null} />
      </td>
      {mayChange && (
        <td class="agent-actions">
          {other && (
            <button class="button button-small" type="button" onClick={() => void changes.active(agent, !active)}>
              {active ? _("Switch off") : _("Switch on")}
            </button>
          )}
          {other && !active && (
            <WithReason
              id={`remove-${agent.id}`}
              label={_("Remove the account")}
              hint={_("Why? What {name} wrote stays; sign-ins, drafts and the address are deleted for good.", { name })}
              onReason={(reason) => changes.remove(agent, reason)}
            />
          )}
        </td>
      )}
    </tr>
  );
}

export function AgentsPage() {
  const { work } = useDesk();
  const me = useSelect((state) => state.me);
  // Told when a colleague comes, goes or is changed: the list below has those who are switched off, too.
  const colleagues = useSelect((state) => state.agents);
  const [agents, setAgents] = useState<readonly AgentSummary[]>([]);
  const load = async () => setAgents((await work.ask("agents_list", { all: true }))?.agents ?? []);
  useEffect(() => void load(), [colleagues]);
  const changes = useChanges(load);
  const mayChange = may(me, "agent_change");
  return (
    <>
      {may(me, "agent_add") && <AddAgent onAdded={() => void load()} />}
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
              <Line key={agent.id} agent={agent} mine={agent.id === me?.id} mayChange={mayChange} changes={changes} />
            ))}
          </tbody>
        </table>
        {!mayChange && <p class="card-quiet">{_("Only an admin changes roles.")}</p>}
      </div>
    </>
  );
}

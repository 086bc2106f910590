// The agents: who is here, how much is open; admins add them, give roles, switch agents off and on, and remove accounts.

import { useEffect, useState } from "preact/hooks";
import { _, formatNumber } from "../../../shared/i18n.ts";
import { may } from "../../rights.ts";
import type { AgentConversation, AgentSummary } from "../../server/wire.ts";
import { presenceName, roleName } from "../../words.ts";
import { AddAgent, ROLES } from "./agent_form.tsx";
import type { Role } from "./agent_form.tsx";
import { WithReason } from "../context/consent_actions.tsx";
import { DataTable } from "./data_table.tsx";
import type { Column } from "./data_table.tsx";
import { useDesk, useSelect } from "../desk.tsx";
import { Choice } from "./form_parts.tsx";

/** What an admin does with an account; each is asked of the server, and the list is asked again. */
function useChanges(reload: () => Promise<void>) {
  const { work, live, store } = useDesk();
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
    const theirs = Object.values(store.get().conversations).filter((one) => isOf(one, agent));
    if (!(await change(agent, { active: on }))) return;
    const words = on ? _("{name} is switched on", { name: agent.name }) : _("{name} is switched off", { name: agent.name });
    work.toast(words, async () => {
      if (!(await change(agent, { active: !on })) || on) return;
      // What was taken from them by switching them off, as far as nobody has taken it since.
      const free = theirs.filter(({ id }) => store.get().conversations[id]?.assigned_agent === null);
      await Promise.all(free.map(({ id }) => live.assign(id, agent.id)));
      await reload();
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

function isOf({ state, assigned_agent }: AgentConversation, agent: AgentSummary): boolean {
  return state === "open" && assigned_agent?.id === agent.id;
}

function RoleCell({ agent, onRole }: { agent: AgentSummary; onRole: ((role: Role) => void) | null }) {
  if (onRole === null) return <>{roleName(agent.role)}</>;
  return (
    <Choice
      aria-label={_("Role of {name}", { name: agent.name })}
      value={agent.role as Role}
      values={ROLES}
      wordsOf={roleName}
      onChoice={onRole}
    />
  );
}

interface ActionsProps {
  agent: AgentSummary;
  changes: ReturnType<typeof useChanges>;
}

function Actions({ agent, changes }: ActionsProps) {
  const { active, name } = agent;
  return (
    <>
      <button class="button button-small" type="button" onClick={() => void changes.active(agent, !active)}>
        {active ? _("Switch off") : _("Switch on")}
      </button>
      {!active && (
        <WithReason
          id={`remove-${agent.id}`}
          label={_("Remove the account")}
          hint={_("Why? What {name} wrote stays; sign-ins, drafts and the address are deleted for good.", { name })}
          onReason={(reason) => changes.remove(agent, reason)}
        />
      )}
    </>
  );
}

function Now({ state, active }: AgentSummary) {
  return (
    <span class="agent-now">
      <span class={state === "online" ? "presence-dot presence-dot-on" : "presence-dot"} />
      {active ? presenceName(state) : _("Switched off")}
    </span>
  );
}

function columnsFor(me: string | undefined, mayChange: boolean, changes: ReturnType<typeof useChanges>) {
  const changeable = (agent: AgentSummary) => mayChange && agent.id !== me;
  const name = ({ id, name }: AgentSummary) => (
    <>
      <bdi>{name}</bdi>
      {id === me && <span class="agent-me">{_("you")}</span>}
    </>
  );
  const role = (agent: AgentSummary) => (
    <RoleCell agent={agent} onRole={changeable(agent) && agent.active ? (next) => void changes.role(agent, next) : null} />
  );
  const actions = (agent: AgentSummary) => (changeable(agent) ? <Actions agent={agent} changes={changes} /> : null);
  const columns: Column<AgentSummary>[] = [
    { name: _("Name"), cell: name, heads: true },
    { name: _("Now"), cell: Now },
    { name: _("Open chats"), cell: ({ open }) => formatNumber(open), kind: "number" },
    { name: _("Role"), cell: role },
  ];
  return mayChange ? [...columns, { name: "", cell: actions, kind: "actions" as const }] : columns;
}

export function AgentsPage() {
  const { work } = useDesk();
  const me = useSelect((state) => state.me);
  // Told when a colleague comes, goes or is changed: the list below has those who are switched off, too.
  const colleagues = useSelect((state) => state.agents);
  const [agents, setAgents] = useState<readonly AgentSummary[] | null>(null);
  const load = async () => {
    const answer = await work.ask("agents_list", { all: true });
    if (answer !== null) setAgents(answer.agents);
  };
  useEffect(() => void load(), [colleagues]);
  const mayChange = may(me, "agent_change");
  return (
    <>
      {may(me, "agent_add") && <AddAgent onAdded={() => void load()} />}
      <DataTable
        label={_("Agents")}
        columns={columnsFor(me?.id, mayChange, useChanges(load))}
        rows={agents}
        keyOf={({ id }) => id}
        quiet={({ active }) => !active}
        none={_("Nobody has an account yet.")}
      >
        {!mayChange && <p class="card-quiet">{_("Only an admin changes roles.")}</p>}
      </DataTable>
    </>
  );
}

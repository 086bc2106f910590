// Handing a conversation over to a colleague, with a note that only agents see.

import { useState } from "preact/hooks";
import { _ } from "../../../shared/i18n.ts";
import { may } from "../../rights.ts";
import type { AgentConversation, AgentSummary } from "../../server/wire.ts";
import type { Desk } from "../../desk.ts";
import { useDesk, useSelect } from "../desk.tsx";
import { focusOn } from "../keyboard.ts";

function colleagueName({ name, state, open }: AgentSummary): string {
  if (state === "offline") return _("{name} (not here, {count} open)", { name, count: open });
  if (state === "away") return _("{name} (away, {count} open)", { name, count: open });
  return _("{name} (here, {count} open)", { name, count: open });
}

/** Return the colleagues who can take a chat: whoever has it, or wants it, needs no handing over. */
export function takers(agents: readonly AgentSummary[], { assigned_agent }: AgentConversation, me: string | undefined): AgentSummary[] {
  return agents.filter((one) => one.id !== me && one.id !== assigned_agent?.id && one.role !== "privacy_officer");
}

/** Hand a chat over; the way back is offered. Says whether it was done. */
export async function handOver(desk: Desk, conversation: AgentConversation, to: AgentSummary, note: string): Promise<boolean> {
  const { id, assigned_agent } = conversation;
  if (!(await desk.work.transfer(id, to.id, note))) return false;
  desk.work.toast(_("{name} has this chat now", { name: to.name }), () => desk.live.assign(id, assigned_agent?.id ?? null));
  return true;
}

export function HandOver({ conversation }: { conversation: AgentConversation }) {
  const desk = useDesk();
  const { work } = desk;
  const me = useSelect((state) => state.me);
  const agents = useSelect((state) => state.agents);
  const [to, setTo] = useState("");
  const [note, setNote] = useState("");
  const { id } = conversation;
  const others = takers(agents, conversation, me?.id);
  // Who left meanwhile is chosen no longer; the note stays for whoever is chosen instead.
  const chosen = others.find((one) => one.id === to);
  if (conversation.state !== "open" || !may(me, "conversation_transfer")) return null;
  const onSubmit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (chosen === undefined || !(await handOver(desk, conversation, chosen, note))) return;
    setTo("");
    setNote("");
    // The form is gone then: the keyboard goes on in the list.
    focusOn(`row-${id}`);
  };
  return (
    <section class="card">
      <h2>{_("Hand over")}</h2>
      <form class="hand-over" onSubmit={(event) => void onSubmit(event)}>
        <label class="visually-hidden" for="hand-over-to">
          {_("To whom")}
        </label>
        <select
          id="hand-over-to"
          class="field"
          value={chosen?.id ?? ""}
          onFocus={() => void work.agents()}
          onChange={(event) => setTo(event.currentTarget.value)}
        >
          <option value="">{_("Choose an agent")}</option>
          {others.map((one) => (
            <option key={one.id} value={one.id}>
              {colleagueName(one)}
            </option>
          ))}
        </select>
        {(chosen !== undefined || note !== "") && (
          <>
            <label class="visually-hidden" for="hand-over-note">
              {_("Note for the colleague")}
            </label>
            <textarea
              id="hand-over-note"
              class="field field-note"
              rows={2}
              placeholder={_("Note for the colleague; visitors never see it")}
              value={note}
              onInput={(event) => setNote(event.currentTarget.value)}
            />
            <button class="button button-small button-accent" type="submit" disabled={chosen === undefined}>
              {_("Hand over")}
            </button>
          </>
        )}
      </form>
    </section>
  );
}

// Handing a conversation over to a colleague, with a note that only agents see.

import { useState } from "preact/hooks";
import { _ } from "../../../shared/i18n.ts";
import { may } from "../../rights.ts";
import type { AgentConversation, AgentSummary } from "../../server/wire.ts";
import { useDesk, useSelect } from "../desk.tsx";

function colleagueName({ name, state, open }: AgentSummary): string {
  if (state === "offline") return _("{name} (not here, {count} open)", { name, count: open });
  if (state === "away") return _("{name} (away, {count} open)", { name, count: open });
  return _("{name} (here, {count} open)", { name, count: open });
}

export function HandOver({ conversation }: { conversation: AgentConversation }) {
  const { work } = useDesk();
  const me = useSelect((state) => state.me);
  const agents = useSelect((state) => state.agents);
  const [to, setTo] = useState("");
  const [note, setNote] = useState("");
  const { id, assigned_agent } = conversation;
  const others = agents.filter((one) => one.id !== assigned_agent?.id && one.role !== "privacy_officer");
  // Who left meanwhile is chosen no longer; the note stays for whoever is chosen instead.
  const chosen = others.some((one) => one.id === to) ? to : "";
  if (conversation.state !== "open" || !may(me, "conversation_transfer")) return null;
  const onSubmit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (chosen === "" || !(await work.transfer(id, chosen, note))) return;
    setTo("");
    setNote("");
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
          value={chosen}
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
        {(chosen !== "" || note !== "") && (
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
            <button class="button button-small button-accent" type="submit" disabled={chosen === ""}>
              {_("Hand over")}
            </button>
          </>
        )}
      </form>
    </section>
  );
}

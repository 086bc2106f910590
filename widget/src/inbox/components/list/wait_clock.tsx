// The clock of a visitor who waits for an answer: it turns amber, then red.

import { _ } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { clockIcon } from "../../../shared/icons.ts";
import { urgency, waitingSeconds } from "../../state/views.ts";
import type { AgentConversation } from "../../server/wire.ts";
import { duration } from "../../words.ts";
import { useSelect } from "../desk.tsx";

/** The clock, or nothing while nobody waits. */
export function WaitClock({ conversation }: { conversation: AgentConversation }) {
  const seconds = useSelect((state) => waitingSeconds(conversation, state.now));
  if (seconds === null) return null;
  return (
    <span class={`wait wait-${urgency(seconds)}`} title={_("Waiting")}>
      <Icon path={clockIcon} size={12} />
      <span class="visually-hidden">{_("Waiting")}</span>
      {seconds < 60 ? _("now") : duration(seconds)}
    </span>
  );
}

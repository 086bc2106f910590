// Blocking a visitor who abuses the chat, with a reason, and taking that back.

import { _ } from "../../../shared/i18n.ts";
import { may } from "../../rights.ts";
import type { AgentConversation } from "../../server/wire.ts";
import { WithReason } from "./consent_actions.tsx";
import { useDesk, useSelect } from "../desk.tsx";

export function VisitorBlock({ conversation }: { conversation: AgentConversation }) {
  const { work } = useDesk();
  const allowed = useSelect((state) => may(state.me, "visitor_block"));
  if (!allowed) return null;
  if (conversation.blocked) {
    return (
      <p class="blocked">
        {_("This visitor is blocked.")}
        <button class="link-button" type="button" onClick={() => void work.block(conversation.id, false)}>
          {_("Unblock")}
        </button>
      </p>
    );
  }
  return (
    <WithReason
      id="block-reason"
      label={_("Block the visitor")}
      hint={_("Why is this visitor blocked? The chat closes at once.")}
      onReason={(reason) => work.block(conversation.id, true, reason)}
    />
  );
}

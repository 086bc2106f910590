// The foot of a conversation: the composer, or why nobody can write, or the closing that can still be undone.

import { _ } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { archiveIcon, shieldIcon } from "../../../shared/icons.ts";
import { may } from "../../rights.ts";
import type { AgentConversation } from "../../server/wire.ts";
import { closedWords, reasonName } from "../../words.ts";
import { ClosingChoices } from "./closing.tsx";
import { Composer } from "./composer.tsx";
import { useDesk, useSelect } from "../desk.tsx";
import { focusOn } from "../keyboard.ts";

function Closing({ conversation }: { conversation: AgentConversation }) {
  return (
    <div class="foot-bar">
      <p role="status">{_("This chat closes in a few seconds. Why?")}</p>
      <ClosingChoices id={conversation.id} />
    </div>
  );
}

function Closed({ conversation }: { conversation: AgentConversation }) {
  const { work } = useDesk();
  const mayReopen = useSelect((state) => may(state.me, "conversation_reopen"));
  const { id, resolution, blocked, consent } = conversation;
  const reopen = async () => {
    await work.reopen(id);
    // The button is gone then, and the field is there.
    requestAnimationFrame(() => focusOn("composer"));
  };
  const why = blocked
    ? _("The visitor is blocked. Unblock first.")
    : !consent.may_talk
      ? _("Without a consent to this chat it stays closed.")
      : !mayReopen
        ? _("Your role does not allow this.")
        : null;
  return (
    <div class="foot-bar">
      <Icon path={archiveIcon} size={16} />
      <p>
        <span>{closedWords(conversation)}</span>
        {resolution !== null && (
          <span class="foot-reason">{_("Reason: {reason}", { reason: reasonName(resolution) })}</span>
        )}
      </p>
      <button
        class="button button-small"
        type="button"
        disabled={why !== null}
        title={why ?? undefined}
        onClick={() => void reopen()}
      >
        {_("Reopen")}
      </button>
      {why !== null && <p class="foot-why">{why}</p>}
    </div>
  );
}

export function Foot({ conversation }: { conversation: AgentConversation }) {
  const closing = useSelect((state) => conversation.id in state.closing);
  if (conversation.state === "closed") return <Closed conversation={conversation} />;
  if (!conversation.consent.may_talk) {
    return (
      <div class="foot-bar" role="status">
        <Icon path={shieldIcon} size={16} />
        <p>{_("The visitor withdrew the consent to this chat. Nobody can write here any more.")}</p>
      </div>
    );
  }
  if (closing) return <Closing conversation={conversation} />;
  return <Composer conversation={conversation} />;
}

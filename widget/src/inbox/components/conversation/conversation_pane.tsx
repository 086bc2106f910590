// The middle pane: one conversation, with its head, its messages and what can be done at its foot.

import { _ } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { archiveIcon, arrowLeftIcon, messageIcon, shieldCheckIcon, shieldIcon, userIcon, userPlusIcon } from "../../../shared/icons.ts";
import { may } from "../../rights.ts";
import type { AgentConversation } from "../../server/wire.ts";
import { languageName, visitorName } from "../../words.ts";
import { ColleaguesLine } from "./colleagues_line.tsx";
import { useDesk, useSelect } from "../desk.tsx";
import { Foot } from "./foot.tsx";
import { closeAndGoOn } from "../keyboard.ts";
import { Messages } from "./messages.tsx";
import { WaitClock } from "../list/wait_clock.tsx";

function AssignButton({ conversation }: { conversation: AgentConversation }) {
  const { live } = useDesk();
  const me = useSelect((state) => state.me?.id);
  const agent = conversation.assigned_agent;
  if (agent !== null && agent.id === me) {
    return (
      <button class="button button-small" type="button" onClick={() => void live.assign(conversation.id, null)}>
        <Icon path={userIcon} size={16} />
        <span class="button-words">{_("Hand back")}</span>
      </button>
    );
  }
  return (
    <button
      class="button button-small"
      type="button"
      aria-keyshortcuts="a"
      onClick={() => void live.assign(conversation.id, "me")}
    >
      <Icon path={userPlusIcon} size={16} />
      <span class="button-words">{agent === null ? _("Assign to me") : _("Take over")}</span>
    </button>
  );
}

function WhoHasIt({ conversation }: { conversation: AgentConversation }) {
  const me = useSelect((state) => state.me?.id);
  const agent = conversation.assigned_agent;
  if (agent === null) return <span>{_("Unassigned")}</span>;
  return <span>{agent.id === me ? _("Assigned to you") : _("Assigned to {name}", { name: agent.name })}</span>;
}

function Head({ conversation }: { conversation: AgentConversation }) {
  const desk = useDesk();
  const drawer = useSelect((state) => state.drawer);
  const open = conversation.state === "open";
  const me = useSelect((state) => state.me);
  const { present } = conversation.visitor;
  return (
    <header class="head">
      <button class="icon-button head-back" type="button" aria-label={_("Back to the list")} onClick={() => desk.select(null)}>
        <Icon path={arrowLeftIcon} flips />
      </button>
      <div class="head-who">
        <h2>
          <bdi>{visitorName(conversation)}</bdi>
          <WaitClock conversation={conversation} />
        </h2>
        <p>
          <span class={present ? "presence-dot presence-dot-on" : "presence-dot"} />
          <span>{present ? _("Here now") : _("Not here")}</span>
          <WhoHasIt conversation={conversation} />
          <span class="head-language">{languageName(conversation.locale)}</span>
        </p>
      </div>
      {open && may(me, "conversation_assign") && <AssignButton conversation={conversation} />}
      {open && may(me, "conversation_close") && (
        <button
          class="button button-small"
          type="button"
          aria-keyshortcuts="e"
          onClick={() => closeAndGoOn(desk, conversation.id)}
        >
          <Icon path={archiveIcon} size={16} />
          <span class="button-words">{_("Close chat")}</span>
        </button>
      )}
      <button
        id="context-toggle"
        class="icon-button head-context"
        type="button"
        aria-expanded={drawer}
        aria-controls="context"
        aria-label={_("What the visitor agreed to")}
        onClick={() => desk.store.dispatch({ type: "drawer_set", open: !drawer })}
      >
        <Icon path={conversation.consent.may_talk ? shieldCheckIcon : shieldIcon} />
      </button>
    </header>
  );
}

function NothingSelected() {
  const waiting = useSelect((state) => state.counts.open > 0);
  const gone = useSelect((state) => state.selected !== null && state.gone[state.selected] === true);
  return (
    <div class="empty empty-large">
      <Icon path={messageIcon} size={28} />
      <h2>{gone ? _("This chat is not here") : waiting ? _("Choose a chat") : _("All quiet")}</h2>
      <p>
        {gone
          ? _("It was erased, or its address is wrong. Choose another one in the list.")
          : waiting
            ? _("Press J to open the one that waits longest.")
            : _("New chats appear in the list by themselves, with a sound.")}
      </p>
    </div>
  );
}

export function ConversationPane() {
  const id = useSelect((state) => state.selected);
  const conversation = useSelect((state) => (id === null ? undefined : state.conversations[id]));
  const gone = useSelect((state) => id !== null && state.gone[id] === true);
  return (
    <section class="pane pane-conversation" aria-label={_("Chat")}>
      {conversation !== undefined ? (
        <>
          <Head conversation={conversation} />
          <Messages conversation={conversation} />
          <ColleaguesLine id={conversation.id} />
          <Foot conversation={conversation} />
        </>
      ) : id === null || gone ? (
        <NothingSelected />
      ) : (
        <div class="messages" aria-busy="true">
          <div class="skeleton bubble-skeleton" />
        </div>
      )}
    </section>
  );
}

// A message of the agent that is on its way, or that did not arrive.

import { _ } from "../../shared/i18n.ts";
import { worthRetrying } from "../outgoing.ts";
import type { Pending } from "../state.ts";
import { refusalWords } from "../words.ts";
import { useDesk } from "./desk.tsx";

export function PendingMessage({ conversationId, pending }: { conversationId: string; pending: Pending }) {
  const { live, store } = useDesk();
  const { client_id, body, code } = pending;
  const drop = () => live.takeBack(conversationId, client_id);
  const toDraft = () => {
    const draft = store.get().drafts[conversationId];
    store.dispatch({ type: "draft_set", id: conversationId, draft: draft ? `${body}\n${draft}` : body });
    drop();
  };
  return (
    <li class="run run-agent">
      <p class="bubble bubble-pending" dir="auto">
        {body}
      </p>
      {pending.state === "held" ? (
        <span class="run-mark" role="status">
          <span>{_("Sent in a few seconds")}</span>
          <button class="link-button" type="button" onClick={toDraft}>
            {_("Undo")}
          </button>
          <button class="link-button" type="button" onClick={() => void live.send(conversationId, body, client_id)}>
            {_("Send now")}
          </button>
        </span>
      ) : pending.state === "sending" ? (
        <span class="run-mark">{_("Sending")}</span>
      ) : (
        <span class="run-mark run-failed" role="status">
          <span>{refusalWords(code ?? "", pending.retry_after_seconds)}</span>
          {worthRetrying(code) && (
            <button class="link-button" type="button" onClick={() => void live.send(conversationId, body, client_id)}>
              {_("Try again")}
            </button>
          )}
          <button class="link-button" type="button" onClick={toDraft}>
            {_("Edit")}
          </button>
          <button class="link-button" type="button" onClick={drop}>
            {_("Delete")}
          </button>
        </span>
      )}
    </li>
  );
}

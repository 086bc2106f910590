// A message of the agent that is on its way, or that did not arrive.

import { Attached } from "../../../shared/files/attached.tsx";
import { _ } from "../../../shared/i18n.ts";
import { worthRetrying } from "../../server/outgoing.ts";
import type { Pending } from "../../state/state.ts";
import { refusalWords } from "../../words.ts";
import { useDesk } from "../desk.tsx";
import { focusOn, toDraftAgain } from "../keyboard.ts";

export function PendingMessage({ conversationId, pending }: { conversationId: string; pending: Pending }) {
  const desk = useDesk();
  const { live, files } = desk;
  const { client_id, body, code, attachments = [] } = pending;
  // The pressed button is gone then: the keyboard goes on in the field.
  const going = (done: () => void) => () => {
    done();
    focusOn("composer");
  };
  const drop = going(() => live.takeBack(conversationId, client_id));
  const send = going(() => void live.send(conversationId, body, client_id, attachments));
  const toDraft = going(() => toDraftAgain(desk, conversationId, pending));
  return (
    <li class="run run-agent">
      {body.trim() !== "" && (
        <p class="bubble bubble-pending" dir="auto">
          {body}
        </p>
      )}
      {attachments.length > 0 && (
        <div class="pending-files">
          <Attached files={attachments} shelf={files.shelf} onOpen={files.show} />
        </div>
      )}
      {pending.state === "held" ? (
        <span class="run-mark" role="status">
          <span>{_("Sent in a few seconds")}</span>
          <button class="link-button" type="button" aria-keyshortcuts="z" onClick={toDraft}>
            {_("Undo")}
          </button>
          <button class="link-button" type="button" onClick={send}>
            {_("Send now")}
          </button>
        </span>
      ) : pending.state === "sending" ? (
        <span class="run-mark">{_("Sending")}</span>
      ) : (
        <span class="run-mark run-failed" role="status">
          <span>{refusalWords(code ?? "", pending.retry_after_seconds)}</span>
          {worthRetrying(code) && (
            <button class="link-button" type="button" onClick={send}>
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

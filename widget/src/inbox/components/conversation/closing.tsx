// A chat that closes in a few seconds: why, the way back, and at once. Shown in the chat, or beside the next one.

import { _ } from "../../../shared/i18n.ts";
import { CLOSE_REASONS, reasonName, visitorName } from "../../words.ts";
import { useDesk, useSelect } from "../desk.tsx";
import { undoClosing } from "../keyboard.ts";

export function ClosingChoices({ id }: { id: string }) {
  const desk = useDesk();
  const reason = useSelect((state) => state.reasons[id]);
  return (
    <>
      <div class="reasons" role="group" aria-label={_("Why the chat is closed")}>
        {CLOSE_REASONS.map((one) => (
          <button key={one} class="chip" type="button" aria-pressed={one === reason} onClick={() => desk.live.closeReason(id, one)}>
            {reasonName(one)}
          </button>
        ))}
      </div>
      <button class="button button-small" type="button" aria-keyshortcuts="z" onClick={() => undoClosing(desk, id)}>
        {_("Undo")}
      </button>
      <button class="button button-small" type="button" onClick={() => void desk.live.closeNow(id)}>
        {_("Close now")}
      </button>
    </>
  );
}

/** The chat that was closed last, as long as it is not on the screen itself. */
export function ClosingLine() {
  const id = useSelect(({ closing, selected, page }) => Object.keys(closing).filter((one) => page !== "chats" || one !== selected).at(-1));
  const conversation = useSelect((state) => (id === undefined ? undefined : state.conversations[id]));
  const shown = conversation !== undefined;
  return (
    <div class={shown ? "toast toast-closing" : "visually-hidden"}>
      <p role="status">
        {shown && _("The chat of {name} closes in a few seconds. Why?", { name: visitorName(conversation) })}
      </p>
      {shown && <ClosingChoices id={conversation.id} />}
    </div>
  );
}

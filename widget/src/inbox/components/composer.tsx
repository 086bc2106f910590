// Where the agent writes: a draft per conversation, Enter sends, typing is told and never what.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { _, ngettext } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { sendIcon } from "../../shared/icons.ts";
import { BODY_MAX_CHARACTERS, characters, sendable } from "../outgoing.ts";
import type { AgentConversation } from "../wire.ts";
import { useDesk, useSelect } from "./desk.tsx";
import { focusOn } from "./keyboard.ts";

const TYPING_EVERY_MILLISECONDS = 3000;
const TYPING_ENDS_MILLISECONDS = 5000;
const LONG_PASTE_CHARACTERS = 2000;
const COUNT_FROM_CHARACTERS_LEFT = 400;

/** Tell the visitor that somebody types: at most every three seconds, and that it ended. */
function useTyping(id: string) {
  const { live } = useDesk();
  const told = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const stop = () => {
    clearTimeout(timer.current);
    if (told.current === 0) return;
    told.current = 0;
    live.typing(id, false);
  };
  const type = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(stop, TYPING_ENDS_MILLISECONDS);
    if (performance.now() - told.current < TYPING_EVERY_MILLISECONDS && told.current !== 0) return;
    told.current = performance.now();
    live.typing(id, true);
  };
  useEffect(() => stop, [id]);
  return { type, stop };
}

function Left({ draft }: { draft: string }) {
  const left = BODY_MAX_CHARACTERS - characters(draft);
  if (left > COUNT_FROM_CHARACTERS_LEFT) return null;
  return (
    <span class={left < 0 ? "composer-left composer-over" : "composer-left"} role="status">
      {left < 0
        ? ngettext("{count} character too many", "{count} characters too many", -left)
        : ngettext("{count} character left", "{count} characters left", left)}
    </span>
  );
}

interface FieldProps {
  draft: string;
  onDraft: (draft: string) => void;
  onSend: () => void;
  onLeave: () => void;
}

function Field({ draft, onDraft, onSend, onLeave }: FieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const box = field.current;
    if (box === null) return;
    // Grows with its text, up to the limit that the style sheet sets.
    box.rows = 1;
    const line = Number.parseFloat(getComputedStyle(box).lineHeight) || 21;
    box.rows = Math.max(1, Math.min(8, Math.floor(box.scrollHeight / line)));
  }, [draft]);
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    onSend();
  };
  const onPaste = (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const box = field.current;
    if (box === null || text.length < LONG_PASTE_CHARACTERS) return;
    // Browsers insert a paste line by line, which takes minutes for thousands of lines.
    event.preventDefault();
    box.setRangeText(text.replaceAll("\r\n", "\n"), box.selectionStart, box.selectionEnd, "end");
    onDraft(box.value);
  };
  return (
    <textarea
      id="composer"
      ref={field}
      rows={1}
      dir="auto"
      placeholder={_("Write a reply")}
      value={draft}
      onInput={(event) => onDraft(event.currentTarget.value)}
      onKeyDown={onKey}
      onPaste={onPaste}
      onBlur={onLeave}
    />
  );
}

export function Composer({ conversation }: { conversation: AgentConversation }) {
  const { store, live } = useDesk();
  const { id } = conversation;
  const draft = useSelect((state) => state.drafts[id] ?? "");
  const typing = useTyping(id);
  const send = () => {
    if (!sendable(draft)) return;
    typing.stop();
    store.dispatch({ type: "draft_set", id, draft: "" });
    void live.send(id, draft);
    focusOn("composer");
  };
  const onDraft = (value: string) => {
    store.dispatch({ type: "draft_set", id, draft: value });
    if (value.trim() === "") typing.stop();
    else typing.type();
  };
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    send();
  };
  return (
    <form class="composer" onSubmit={onSubmit}>
      <label class="visually-hidden" for="composer">
        {_("Reply")}
      </label>
      <Field draft={draft} onDraft={onDraft} onSend={send} onLeave={typing.stop} />
      <div class="composer-foot">
        <span class="composer-hint">{_("Enter sends, Shift+Enter starts a new line")}</span>
        <Left draft={draft} />
        <button class="button button-accent button-small" type="submit" disabled={!sendable(draft)}>
          <Icon path={sendIcon} size={16} />
          {_("Send")}
        </button>
      </div>
    </form>
  );
}

// Where the agent writes, to the visitor or as a private note; a draft of each per conversation.

import { useEffect, useState } from "preact/hooks";
import { DropHint, FilePicker, Tray, useFileDrop } from "../../../shared/files/tray.tsx";
import type { Upload, Uploads } from "../../../shared/files/uploads.ts";
import { _, ngettext } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { sendIcon } from "../../../shared/icons.ts";
import { useStore } from "../../../shared/use_store.ts";
import { askedFor, firstPlace, fitting } from "../../canned.ts";
import { lockIcon } from "../../icons.ts";
import { BODY_MAX_CHARACTERS, characters, sendable } from "../../server/outgoing.ts";
import { may } from "../../rights.ts";
import type { AgentConversation, CannedView } from "../../server/wire.ts";
import { draftKey } from "../../state/work_state.ts";
import type { Work } from "../../server/work.ts";
import type { Mode } from "../../state/work_state.ts";
import { CANNED_LIST, CannedList, cannedOption } from "./canned_list.tsx";
import { Field } from "./composer_field.tsx";
import { useDesk, useSelect } from "../desk.tsx";
import { focusOn } from "../keyboard.ts";
import { SuggestionCard } from "./suggestion_card.tsx";
import { useTyping } from "./use_typing.ts";

const NO_UPLOADS: readonly Upload[] = [];
const COUNT_FROM_CHARACTERS_LEFT = 400;

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

function Modes({ mode, mayReply }: { mode: Mode; mayReply: boolean }) {
  const { store } = useDesk();
  const choose = (one: Mode) => {
    store.dispatch({ type: "mode_set", mode: one });
    focusOn("composer");
  };
  return (
    <div class="composer-modes" role="group" aria-label={_("What you write")}>
      <button
        type="button"
        aria-pressed={mode === "reply"}
        disabled={!mayReply}
        title={mayReply ? undefined : _("Your role does not answer visitors.")}
        onClick={() => choose("reply")}
      >
        {_("Reply")}
      </button>
      <button type="button" aria-pressed={mode === "note"} aria-keyshortcuts="n" onClick={() => choose("note")}>
        {_("Note")}
      </button>
    </div>
  );
}

/** The list of canned replies that a slash opens, and the keys that move in it. */
function useCanned(conversation: AgentConversation, draft: string, onDraft: (draft: string) => void) {
  const { work } = useDesk();
  const all = useSelect((state) => state.canned);
  const [active, setActive] = useState(0);
  const words = askedFor(draft);
  useEffect(() => setActive(0), [words]);
  const replies = words === null ? [] : fitting(all, words, conversation.locale);
  const take = async (reply: CannedView) => {
    const rendered = await work.render(reply.id, conversation.id);
    if (rendered === null) return;
    onDraft(rendered.body);
    if (rendered.unfilled.length > 0) markPlace(rendered.body, work);
  };
  const open = words !== null && all.length > 0;
  const onKey = ({ key, shiftKey }: KeyboardEvent): boolean => {
    const chosen = replies[active];
    // A slip in a shortcut is no message: Enter does not send it to the visitor.
    if (chosen === undefined) return open && key === "Enter" && !shiftKey;
    if (key === "Enter" || key === "Tab") void take(chosen);
    else if (key === "ArrowDown") setActive(Math.min(replies.length - 1, active + 1));
    else if (key === "ArrowUp") setActive(Math.max(0, active - 1));
    else return false;
    return true;
  };
  return { open, replies, active, take, onKey };
}

/** Select the first place that could not be filled, and say so: a visitor must not read curly braces. */
function markPlace(body: string, work: Work): void {
  work.toast(_("One place could not be filled. Write it yourself before sending."));
  requestAnimationFrame(() => {
    const field = document.getElementById("composer");
    const place = firstPlace(body);
    if (!(field instanceof HTMLTextAreaElement) || place === null) return;
    field.focus();
    field.setSelectionRange(...place);
  });
}

function useDraft(conversation: AgentConversation, mode: Mode) {
  const { store } = useDesk();
  const key = draftKey(conversation.id, mode);
  const draft = useSelect((state) => state.drafts[key] ?? "");
  const set = (value: string) => store.dispatch({ type: "draft_set", id: key, draft: value });
  return { draft, set };
}

/** Say whether something can be sent now: a text, or files; and nothing that is still on its way up. */
function ready(draft: string, mode: Mode, uploads: Uploads): boolean {
  if (mode === "note") return sendable(draft);
  const hasFiles = uploads.all.some((one) => one.state === "done");
  return !uploads.isBusy && (sendable(draft) || (hasFiles && draft.trim() === ""));
}

function useSending(conversation: AgentConversation, mode: Mode, draft: string, set: (value: string) => void) {
  const { live, work, files, store } = useDesk();
  const { id } = conversation;
  return () => {
    const uploads = files.of(id);
    if (!ready(draft, mode, uploads)) return;
    set("");
    // What was done before this is no longer what "undo" means, and advice about the text has been heard.
    store.dispatch({ type: "toasted", toast: null });
    if (mode === "reply") void live.send(id, draft, undefined, uploads.take());
    else void work.note(id, draft).then((stored) => stored || set(draft));
    focusOn("composer");
  };
}

export function Composer({ conversation }: { conversation: AgentConversation }) {
  const me = useSelect((state) => state.me);
  const mayReply = may(me, "message_send") && conversation.state === "open" && conversation.consent.may_talk;
  const wished = useSelect((state) => state.mode);
  const mode = mayReply ? wished : "note";
  const isNote = mode === "note";
  const { files } = useDesk();
  const uploads = files.of(conversation.id);
  const chosenFiles = useStore(files.store).uploads[conversation.id] ?? NO_UPLOADS;
  const onFiles = (list: Iterable<File>) => uploads.add(list);
  const takesFiles = !isNote && files.takes(conversation.id);
  const drop = useFileDrop(onFiles, takesFiles);
  const { draft, set } = useDraft(conversation, mode);
  const typing = useTyping(conversation.id);
  const onDraft = (value: string) => {
    set(value);
    if (value.trim() === "" || isNote) typing.stop();
    else typing.type();
  };
  const canned = useCanned(conversation, isNote ? "" : draft, onDraft);
  const put = useSending(conversation, mode, draft, set);
  const send = () => {
    typing.stop();
    put();
  };
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    send();
  };
  const chosen = canned.replies[canned.active];
  return (
    <div class="composer-place" {...drop.handlers}>
      {drop.isOver && <DropHint />}
      {!isNote && <SuggestionCard conversation={conversation} draft={draft} onTake={set} />}
      {canned.open && <CannedList replies={canned.replies} active={canned.active} onTake={canned.take} />}
      <form class={isNote ? "composer composer-note" : "composer"} onSubmit={onSubmit}>
        <Modes mode={mode} mayReply={mayReply} />
        {!isNote && (
          <div class="composer-files">
            <Tray uploads={chosenFiles} onCancel={(id) => uploads.cancel(id)} onRetry={(id) => uploads.retry(id)} />
          </div>
        )}
        <label class="visually-hidden" for="composer">
          {isNote ? _("Private note") : _("Reply")}
        </label>
        <Field
          draft={draft}
          placeholder={isNote ? _("Write a note that only agents see") : _("Write a reply, or / for a canned one")}
          list={canned.open && chosen !== undefined ? CANNED_LIST : null}
          active={canned.open && chosen !== undefined ? cannedOption(chosen) : null}
          onDraft={onDraft}
          onSend={send}
          onLeave={typing.stop}
          onFiles={takesFiles ? onFiles : undefined}
          onListKey={canned.onKey}
        />
        <div class="composer-foot">
          {takesFiles && <FilePicker onFiles={onFiles} />}
          <span class="composer-hint">{isNote ? _("Enter adds the note, Shift+Enter starts a new line") : _("Enter sends, Shift+Enter starts a new line")}</span>
          <Left draft={draft} />
          <button class="button button-accent button-small" type="submit" disabled={!ready(draft, mode, uploads)}>
            <Icon path={isNote ? lockIcon : sendIcon} size={16} />
            <span class="button-words">{isNote ? _("Add note") : _("Send")}</span>
          </button>
        </div>
      </form>
    </div>
  );
}

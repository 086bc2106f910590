// Where the visitor writes: grows to five lines, Enter sends, Shift+Enter breaks, the draft stays.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { FilePicker, pastedFiles, Tray } from "../../shared/files/tray.tsx";
import type { Upload } from "../../shared/files/uploads.ts";
import { _, ngettext } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { sendIcon } from "../../shared/icons.ts";
import { useStore } from "../../shared/use_store.ts";
import { useSession } from "../context.ts";
import { focusQuietly } from "../focus.ts";

const MAX_CHARACTERS = 4000;
const WARN_CHARACTERS = 3600;

export function Composer() {
  const session = useSession();
  const { draft, uploads, site } = useStore(session.store);
  const files = session.files.uploads;
  const takesFiles = (site?.attachment_max_bytes ?? 0) > 0;
  const field = useRef<HTMLTextAreaElement>(null);
  const over = countCharacters(draft) - MAX_CHARACTERS;
  const isDone = (one: Upload) => one.state === "done";
  const canSend = (draft.trim() !== "" || uploads.some(isDone)) && over <= 0 && !files.isBusy;

  useEffect(() => focusQuietly(field.current), []);
  useLayoutEffect(() => fit(field.current), [draft]);
  const send = () => {
    if (canSend) session.send(draft);
    field.current?.focus();
  };
  const pressed = (event: KeyboardEvent) => {
    // While a word is composed (Japanese, Chinese, dead keys), Enter belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Tray uploads={uploads} onCancel={(id) => files.cancel(id)} onRetry={(id) => files.retry(id)} />
      <div class="composer-field">
        {takesFiles && <FilePicker onFiles={(chosen) => files.add(chosen)} />}
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={draft}
          placeholder={_("Write a message")}
          aria-label={_("Your message")}
          aria-describedby="composer-length"
          aria-invalid={over > 0}
          enterkeyhint="send"
          onInput={(event) => session.write(event.currentTarget.value)}
          onKeyDown={pressed}
          onPaste={(event) => takesFiles && files.add(pastedFiles(event))}
        />
        <button class="send-button" type="submit" aria-label={_("Send")} aria-disabled={!canSend}>
          <Icon path={sendIcon} size={18} flips />
        </button>
      </div>
      <p id="composer-length" class={over > 0 ? "composer-length is-over" : "composer-length"} role="status">
        {lengthText(draft)}
      </p>
    </form>
  );
}

function lengthText(draft: string): string {
  const count = countCharacters(draft);
  if (count < WARN_CHARACTERS) return "";
  const left = MAX_CHARACTERS - count;
  if (left >= 0) return ngettext("{count} character left", "{count} characters left", left);
  return ngettext("{count} character too long", "{count} characters too long", -left);
}

/** Characters as the server counts them: an emoji outside the basic plane is one. */
function countCharacters(text: string): number {
  return text.length < WARN_CHARACTERS ? text.length : [...text].length;
}

function fit(field: HTMLTextAreaElement | null): void {
  if (!field) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

// The field of the composer: grows with its text, Enter sends, a huge paste is taken at once.

import { useLayoutEffect, useRef } from "preact/hooks";
import { pastedFiles } from "../../../shared/files/tray.tsx";

const LONG_PASTE_CHARACTERS = 2000;
const LINES_AT_MOST = 8;

interface FieldProps {
  draft: string;
  placeholder: string;
  /** The id of the list of canned replies below the field, when it is open, and of its active line. */
  list: string | null;
  active: string | null;
  onDraft: (draft: string) => void;
  onSend: () => void;
  onLeave: () => void;
  /** Files that were pasted; absent where none are taken. */
  onFiles?: ((files: Iterable<File>) => void) | undefined;
  /** Keys of an open list; true when the key was for it. */
  onListKey: (event: KeyboardEvent) => boolean;
}

export function Field({ draft, placeholder, list, active, onDraft, onSend, onLeave, onFiles, onListKey }: FieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const box = field.current;
    if (box === null) return;
    // Grows with its text, up to the limit that the style sheet sets.
    box.rows = 1;
    const line = Number.parseFloat(getComputedStyle(box).lineHeight) || 21;
    box.rows = Math.max(1, Math.min(LINES_AT_MOST, Math.floor(box.scrollHeight / line)));
  }, [draft]);
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (onListKey(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      onSend();
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = onFiles ? pastedFiles(event) : [];
    if (files.length > 0) return onFiles?.(files);
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
      placeholder={placeholder}
      value={draft}
      aria-autocomplete={list === null ? undefined : "list"}
      aria-controls={list ?? undefined}
      aria-activedescendant={active ?? undefined}
      onInput={(event) => onDraft(event.currentTarget.value)}
      onKeyDown={onKey}
      onPaste={onPaste}
      onBlur={onLeave}
    />
  );
}

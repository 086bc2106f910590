// Private notes, among the messages and as a list beside them.

import { _, formatDateTime, formatTime } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { lockIcon } from "../../icons.ts";
import type { AgentConversation, NoteView } from "../../server/wire.ts";
import { useSelect } from "../desk.tsx";

const NONE: readonly NoteView[] = [];

/** `dated`: where nothing else says the day. */
export function NoteBubble({ note, dated = false }: { note: NoteView; dated?: boolean }) {
  return (
    <li class="note">
      <p class="note-head">
        <Icon path={lockIcon} size={12} />
        <strong>{_("Note by {name}", { name: note.author.name })}</strong>
        <time dateTime={note.stored_at} title={formatDateTime(note.stored_at)}>
          {dated ? formatDateTime(note.stored_at) : formatTime(note.stored_at)}
        </time>
      </p>
      <p class="note-body" dir="auto">
        {note.body}
      </p>
    </li>
  );
}

/** Return the notes of a conversation. */
export function useNotes(id: string): readonly NoteView[] {
  return useSelect((state) => state.notes[id]) ?? NONE;
}

export function NotesCard({ conversation }: { conversation: AgentConversation }) {
  const notes = useNotes(conversation.id);
  return (
    <section class="card">
      <h2>{_("Notes")}</h2>
      {notes.length === 0 ? (
        <p class="card-quiet">{_("No notes yet. Press N to write one; visitors never see it.")}</p>
      ) : (
        <ul class="notes">
          {notes.map((note) => (
            <NoteBubble key={note.id} note={note} dated />
          ))}
        </ul>
      )}
    </section>
  );
}

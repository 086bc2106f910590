// Canned replies: list, search, and one form to write, change or delete a reply.

import { useEffect, useRef, useState } from "preact/hooks";
import { _, currentLocale, formatNumber } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { searchIcon } from "../../../shared/icons.ts";
import { matchingReplies } from "../../canned.ts";
import { zapIcon } from "../../icons.ts";
import { may } from "../../rights.ts";
import type { CannedView } from "../../server/wire.ts";
import { languageName } from "../../words.ts";
import { CannedForm } from "./canned_form.tsx";
import { useDesk, useSelect } from "../desk.tsx";
import { Choice } from "./form_parts.tsx";
import { focusOn } from "../keyboard.ts";
import { ReplyWords } from "../reply_words.tsx";

/** What is being written: a reply that is there, or a new one. */
type Editing = CannedView | "new" | null;

function Line({ reply, onEdit }: { reply: CannedView; onEdit: () => void }) {
  return (
    <li>
      <button id={`reply-${reply.id}`} class="reply-line" type="button" onClick={onEdit}>
        <ReplyWords reply={reply} />
      </button>
    </li>
  );
}

function Empty({ onNew }: { onNew: () => void }) {
  return (
    <div class="empty">
      <Icon path={zapIcon} size={28} />
      <h3>{_("No canned replies yet")}</h3>
      <p>{_("Write down what you answer again and again: opening hours, returns, how long a parcel takes.")}</p>
      <button class="button button-accent" type="button" onClick={onNew}>
        {_("Write the first one")}
      </button>
    </div>
  );
}

function languagesOf(replies: readonly CannedView[]): string[] {
  return [...new Set(replies.map((reply) => reply.locale))].sort();
}

interface ToolsProps {
  query: string;
  locale: string;
  onQuery: (query: string) => void;
  onLocale: (locale: string) => void;
  onNew: (() => void) | null;
}

function Tools({ query, locale, onQuery, onLocale, onNew }: ToolsProps) {
  const languages = languagesOf(useSelect((state) => state.canned));
  return (
    <div class="page-tools">
      <div class="search" role="search">
        <Icon path={searchIcon} size={16} />
        <input
          id="reply-search"
          type="search"
          autocomplete="off"
          aria-label={_("Search in canned replies")}
          placeholder={_("Search in canned replies")}
          value={query}
          onInput={(event) => onQuery(event.currentTarget.value)}
        />
      </div>
      {languages.length > 1 && (
        <Choice
          aria-label={_("Language")}
          value={locale}
          values={["", ...languages]}
          wordsOf={(tag) => (tag === "" ? _("All languages") : languageName(tag))}
          onChoice={onLocale}
        />
      )}
      {onNew !== null && (
        <button class="button button-accent button-small" type="button" onClick={onNew}>
          {_("New reply")}
        </button>
      )}
    </div>
  );
}

/** Delete a reply at once, and say how to have it back. */
function useDeleting() {
  const { work } = useDesk();
  return async (reply: CannedView): Promise<boolean> => {
    const { locale, shortcut, title, body } = reply;
    if ((await work.ask("canned_delete", { id: reply.id })) === null) return false;
    await work.canned();
    work.toast(_("/{shortcut} is deleted", { shortcut }), async () => {
      await work.ask("canned_save", { id: null, locale, shortcut, title, body });
      await work.canned();
    });
    return true;
  };
}

export function CannedPage() {
  const { work } = useDesk();
  const all = useSelect((state) => state.canned);
  const mayWrite = useSelect((state) => may(state.me, "canned_save"));
  const [query, setQuery] = useState("");
  const [locale, setLocale] = useState("");
  const [editing, setEditing] = useState<Editing>(null);
  const remove = useDeleting();
  const back = useRef<string | null>(null);
  useEffect(() => void work.canned(), []);
  useEffect(() => {
    // The keyboard goes on where the form was opened.
    if (editing === null && back.current !== null) focusOn(back.current);
  }, [editing]);
  const edit = (what: Editing) => {
    if (what !== null) back.current = what === "new" ? "reply-search" : `reply-${what.id}`;
    setEditing(what);
  };
  if (editing !== null) {
    return (
      <CannedForm
        key={editing === "new" ? "new" : editing.id}
        reply={editing === "new" ? null : editing}
        locale={locale || (currentLocale().split("-")[0] ?? "en")}
        onDone={() => edit(null)}
        onDelete={async (reply) => {
          if (await remove(reply)) edit(null);
        }}
      />
    );
  }
  if (all.length === 0) return <Empty onNew={() => edit("new")} />;
  const replies = matchingReplies(all, query, locale);
  return (
    <>
      <Tools query={query} locale={locale} onQuery={setQuery} onLocale={setLocale} onNew={mayWrite ? () => edit("new") : null} />
      <ul class="replies" aria-label={_("Canned replies")}>
        {replies.map((reply) => (
          <Line key={reply.id} reply={reply} onEdit={() => edit(reply)} />
        ))}
      </ul>
      <p class="card-quiet" role="status">
        {replies.length === 0
          ? _("Nothing found. Try fewer words.")
          : _("{shown} of {count}", { shown: formatNumber(replies.length), count: formatNumber(all.length) })}
      </p>
    </>
  );
}

// What may be answered, learned from chats whose visitors agreed to it; one key takes it into the field.

import { useEffect, useState } from "preact/hooks";
import { _, ngettext } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { xIcon } from "../../../shared/icons.ts";
import { sparklesIcon } from "../../icons.ts";
import type { AgentConversation } from "../../server/wire.ts";
import { keyName } from "../../words.ts";
import { useDesk, useSelect } from "../desk.tsx";
import { focusOn } from "../keyboard.ts";

interface Props {
  conversation: AgentConversation;
  draft: string;
  onTake: (text: string) => void;
}

/** Ctrl+Enter takes the suggestion over from everywhere on the desk; nothing is sent. */
function useTaking(text: string | null, take: (text: string) => void): void {
  useEffect(() => {
    if (text === null) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      take(text);
    };
    // Before the field, where Enter sends.
    document.addEventListener("keydown", onKey, { capture: true });
    return () => document.removeEventListener("keydown", onKey, { capture: true });
  });
}

export function SuggestionCard({ conversation, draft, onTake }: Props) {
  const { store, work } = useDesk();
  const { id, last_message, last_seq } = conversation;
  const waits = last_message?.author_kind === "visitor";
  const on = useSelect((state) => state.comfort.suggest);
  const answer = useSelect((state) => state.suggestions[id]);
  const [index, setIndex] = useState(0);
  useEffect(() => {
    setIndex(0);
    if (waits && on) void work.suggest(id, last_seq);
  }, [id, last_seq, waits, on]);
  const all = on && waits && draft === "" && answer?.after_seq === last_seq ? answer.suggestions : [];
  const shown = all[index % Math.max(1, all.length)];
  const take = (text: string) => {
    onTake(text);
    work.used(id, text);
    focusOn("composer");
  };
  useTaking(shown?.text ?? null, take);
  if (shown === undefined) return null;
  return (
    <section class="suggestion" aria-label={_("Suggested reply")}>
      <p class="suggestion-head">
        <Icon path={sparklesIcon} size={16} />
        <strong>{_("Suggested reply")}</strong>
        <span>
          {ngettext("from {count} chat whose visitor agreed", "from {count} chats whose visitors agreed", shown.sources)}
          {shown.used > 0 && ` · ${ngettext("used {count} time", "used {count} times", shown.used)}`}
        </span>
        <button
          class="icon-button"
          type="button"
          aria-label={_("Switch suggestions off")}
          title={_("Switch suggestions off")}
          onClick={() => store.dispatch({ type: "comfort_set", comfort: { suggest: false } })}
        >
          <Icon path={xIcon} size={16} />
        </button>
      </p>
      <p class="suggestion-text" dir="auto">
        {shown.text}
      </p>
      <p class="suggestion-foot">
        <button class="button button-small" type="button" aria-keyshortcuts="Control+Enter" onClick={() => take(shown.text)}>
          {_("Use it")}
          <kbd>{keyName("Control+Enter")}</kbd>
        </button>
        {all.length > 1 && (
          <button class="link-button" type="button" onClick={() => setIndex(index + 1)}>
            {_("Show another one")}
          </button>
        )}
      </p>
    </section>
  );
}

// The shop's text changed while a chat was open: asked again before the next message, or told once.
import { _ } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { xIcon } from "../../shared/icons.ts";
import { useStore } from "../../shared/use_store.ts";
import { useSession } from "../context.ts";

/** In place of the composer: the chat stays readable, and what was typed is kept. */
export function AskAgain() {
  const session = useSession();
  const { draft } = useStore(session.store);
  return (
    <div class="ended ask-again">
      <p role="status">{_("The shop's text about your data has changed. Before you write on, please read it and decide.")}</p>
      {draft && <p class="hint">{_("What you typed is kept.")}</p>}
      <button class="button button-accent" type="button" onClick={() => void session.notices.show("within")}>
        {_("Read the new text")}
      </button>
    </div>
  );
}

/** Nothing is asked: what was agreed to goes on, and where to read what is new is said once. */
export function News() {
  const session = useSession();
  const { news } = useStore(session.store);
  if (!news) return null;
  return (
    <div class="news" role="status">
      <p>
        {_("The shop's text about your data has changed a little. What you agreed to stays as it is.")}{" "}
        <a href={news.notice.full_text_url} lang={news.notice.locale.replace("_", "-")} target="_blank" rel="noopener">
          {news.notice.full_text_label}
        </a>
      </p>
      <button class="icon-button" type="button" aria-label={_("Close this note")} onClick={() => session.consent.noted()}>
        <Icon path={xIcon} size={16} />
      </button>
    </div>
  );
}

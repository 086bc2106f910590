// Who is on the other side, and the way out.
import type { SiteView, VisitorConversation } from "@protocol";
import { _, ngettext } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { bellIcon, bellOffIcon, xIcon } from "../../shared/icons.ts";
import { useStore } from "../../shared/use_store.ts";
import { useSession } from "../context.ts";
import { allowSound } from "../sound.ts";
import type { View } from "../state.ts";

export function Header({ onClose }: { onClose: (() => void) | null }) {
  const { site, conversation, agentsOnline, view, ended, closed } = useStore(useSession().store);
  return (
    <header class="header">
      <span class="header-mark" aria-hidden="true">
        {initial(site?.name ?? "")}
      </span>
      <div class="header-words">
        <h1>
          <bdi>{site?.name ?? _("Chat")}</bdi>
        </h1>
        {site && <Presence site={site} conversation={ended ? null : conversation} isOnline={agentsOnline && !closed} view={view} />}
      </div>
      {view === "chat" && ended === null && <SoundButton />}
      {onClose && (
        <button class="icon-button" type="button" aria-label={_("Close the chat window")} onClick={onClose}>
          <Icon path={xIcon} />
        </button>
      )}
    </header>
  );
}

function SoundButton() {
  const session = useSession();
  const isOn = useStore(session.store).ui["sound"] === true;
  const switchSound = () => {
    if (!isOn) allowSound();
    session.aside.setUi({ sound: !isOn });
  };
  return (
    <button class="icon-button" type="button" aria-pressed={isOn} aria-label={_("Sound for new messages")} onClick={switchSound}>
      <Icon path={isOn ? bellIcon : bellOffIcon} />
    </button>
  );
}

interface PresenceProps {
  site: SiteView;
  conversation: VisitorConversation | null;
  isOnline: boolean;
  view: View;
}

function Presence({ site, conversation, isOnline, view }: PresenceProps) {
  const agent = view === "chat" || view === "privacy" ? conversation?.agent : null;
  return (
    <p class="presence">
      <span class={isOnline ? "dot dot-on" : "dot"} aria-hidden="true" />
      <span dir="auto">{presenceText(site, agent?.name ?? null, isOnline)}</span>
    </p>
  );
}

function presenceText(site: SiteView, agent: string | null, isOnline: boolean): string {
  if (!isOnline) return _("Nobody is here just now");
  if (agent) return _("{name} is with you", { name: agent });
  return replyTime(site.reply_time ?? "") || _("We are here");
}

/** A number is minutes and is said in the visitor's language; any other text is the shop's own words. */
function replyTime(text: string): string {
  if (!/^\d+$/.test(text)) return text;
  return ngettext("Usually answers within {count} minute", "Usually answers within {count} minutes", Number(text));
}

export function initial(name: string): string {
  return [...name.trim()][0]?.toLocaleUpperCase() ?? "";
}

// The head of the list: whose inbox it is, presence and sound.

import { _ } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { bellIcon, bellOffIcon } from "../../../shared/icons.ts";
import { useDesk, useSelect } from "../desk.tsx";

function PresenceSwitch() {
  const { live } = useDesk();
  const online = useSelect((state) => state.presence === "online");
  const down = useSelect((state) => state.link === "offline");
  return (
    <button
      type="button"
      class="presence"
      aria-pressed={online}
      title={online ? _("Visitors see that somebody is here. Press to go away.") : _("Visitors see that nobody is here. Press to come back.")}
      onClick={() => live.presence(online ? "away" : "online")}
    >
      <span class={online && !down ? "presence-dot presence-dot-on" : "presence-dot"} />
      {down ? _("Not connected") : online ? _("Online") : _("Away")}
    </button>
  );
}

export function AccountBar() {
  const { store } = useDesk();
  const name = useSelect((state) => state.me?.name ?? "");
  const sound = useSelect((state) => state.sound);
  return (
    <header class="account">
      <div class="account-name">
        <span class="account-title">{_("Inbox")}</span>
        <span>{name}</span>
      </div>
      <PresenceSwitch />
      <button
        type="button"
        class="icon-button"
        aria-pressed={sound}
        aria-label={_("Sound")}
        title={sound ? _("Sound is on") : _("Sound is off")}
        onClick={() => store.dispatch({ type: "sound_set", on: !sound })}
      >
        <Icon path={sound ? bellIcon : bellOffIcon} />
      </button>
    </header>
  );
}

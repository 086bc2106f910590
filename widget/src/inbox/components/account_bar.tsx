// The head of the list: presence, sound, shortcuts and sign-out.

import { _ } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { bellIcon, bellOffIcon, keyboardIcon, logOutIcon } from "../../shared/icons.ts";
import { useDesk, useSelect } from "./desk.tsx";

function PresenceSwitch() {
  const { live } = useDesk();
  const online = useSelect((state) => state.presence === "online");
  return (
    <button
      type="button"
      class="presence"
      aria-pressed={online}
      title={online ? _("Visitors see that somebody is here. Press to go away.") : _("Visitors see that nobody is here. Press to come back.")}
      onClick={() => live.presence(online ? "away" : "online")}
    >
      <span class={online ? "presence-dot presence-dot-on" : "presence-dot"} />
      {online ? _("Online") : _("Away")}
    </button>
  );
}

export function AccountBar() {
  const desk = useDesk();
  const me = useSelect((state) => state.me);
  const sound = useSelect((state) => state.sound);
  return (
    <header class="account">
      <button
        type="button"
        class="account-name"
        title={_("Your account")}
        onClick={() => desk.store.dispatch({ type: "page_set", page: "account" })}
      >
        <span class="account-title">{_("Inbox")}</span>
        <span>{me?.name ?? ""}</span>
      </button>
      <PresenceSwitch />
      <button
        type="button"
        class="icon-button"
        aria-pressed={sound}
        aria-label={_("Sound")}
        title={sound ? _("Sound is on") : _("Sound is off")}
        onClick={() => desk.store.dispatch({ type: "sound_set", on: !sound })}
      >
        <Icon path={sound ? bellIcon : bellOffIcon} />
      </button>
      <button
        type="button"
        class="icon-button account-keyboard"
        aria-label={_("Keyboard")}
        title={_("Keyboard")}
        onClick={() => desk.store.dispatch({ type: "help_set", open: true })}
      >
        <Icon path={keyboardIcon} />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={_("Sign out")}
        title={_("Sign out")}
        onClick={() => void desk.signOut()}
      >
        <Icon path={logOutIcon} />
      </button>
    </header>
  );
}

// What an agent chooses for this browser: light or dark, notifications, sound, suggestions, time to take back.

import { _ } from "../../../shared/i18n.ts";
import type { Comfort, Theme } from "../../state/work_state.ts";
import { useDesk, useSelect } from "../desk.tsx";
import { PushSwitch } from "./push_switch.tsx";

function themeName(theme: Theme): string {
  const names: Record<Theme, string> = { system: _("As the device"), light: _("Light"), dark: _("Dark") };
  return names[theme];
}

function Switch({ label, on, onChange }: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label class="switch">
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />
      {label}
    </label>
  );
}

export function ComfortCard() {
  const { store } = useDesk();
  const comfort = useSelect((state) => state.comfort);
  const sound = useSelect((state) => state.sound);
  const set = (change: Partial<Comfort>) => store.dispatch({ type: "comfort_set", comfort: change });
  const notify = async (on: boolean) => {
    // Only a browser that was asked, after a press, shows notifications.
    const allowed = on && "Notification" in window && (await Notification.requestPermission()) === "granted";
    set({ notify: allowed });
  };
  return (
    <section class="card">
      <h3>{_("This browser")}</h3>
      <div class="reasons" role="group" aria-label={_("Colours")}>
        {(["system", "light", "dark"] as const).map((one) => (
          <button
            key={one}
            class="chip"
            type="button"
            aria-pressed={one === comfort.theme}
            onClick={() => set({ theme: one })}
          >
            {themeName(one)}
          </button>
        ))}
      </div>
      <Switch label={_("Sound")} on={sound} onChange={(on) => store.dispatch({ type: "sound_set", on })} />
      <Switch
        label={_("Notifications of this browser, without the text of the chat")}
        on={comfort.notify}
        onChange={(on) => void notify(on)}
      />
      <PushSwitch />
      <Switch label={_("Suggested replies")} on={comfort.suggest} onChange={(suggest) => set({ suggest })} />
      <Switch
        label={_("Hold each reply for five seconds, so that it can be taken back")}
        on={comfort.hold}
        onChange={(hold) => set({ hold })}
      />
    </section>
  );
}

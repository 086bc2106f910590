// Who else has this chat on the screen, so that a visitor is not answered twice.

import { _ } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { eyeIcon } from "../../icons.ts";
import type { ColleagueView } from "../../server/wire.ts";
import { useSelect } from "../desk.tsx";

const NOBODY: readonly ColleagueView[] = [];

export function ColleaguesLine({ id }: { id: string }) {
  const colleagues = useSelect((state) => state.colleagues[id]) ?? NOBODY;
  const typing = colleagues.filter((one) => one.state === "typing");
  const shown = typing.length > 0 ? typing : colleagues.filter((one) => one.state === "viewing");
  const name = shown.map((one) => one.agent.name).join(", ");
  return (
    <div class="colleagues" role="status">
      {shown.length > 0 && (
        <p class={typing.length > 0 ? "colleague colleague-typing" : "colleague"}>
          <Icon path={eyeIcon} size={16} />
          {typing.length > 0 ? _("{name} is writing here too", { name }) : _("{name} has this chat open", { name })}
        </p>
      )}
    </div>
  );
}

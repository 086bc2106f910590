// Who else has this chat on the screen, so that a visitor is not answered twice.

import { _ } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { eyeIcon } from "../../icons.ts";
import type { ColleagueView } from "../../server/wire.ts";
import type { State } from "../../state/state.ts";
import { useSelect } from "../desk.tsx";

const NOBODY: readonly ColleagueView[] = [];

const JUST_NOW_MILLISECONDS = 120_000;

/** Who answered while this agent was still writing an answer, or null. */
function answeredMeanwhile({ me, now, conversations, drafts }: State, id: string): string | null {
  const last = conversations[id]?.last_message;
  if (!last || last.author_kind !== "agent" || last.author_name === me?.name || !drafts[id]) return null;
  return now - Date.parse(last.stored_at) < JUST_NOW_MILLISECONDS ? last.author_name : null;
}

export function ColleaguesLine({ id }: { id: string }) {
  const answered = useSelect((state) => answeredMeanwhile(state, id));
  const colleagues = useSelect((state) => state.colleagues[id]) ?? NOBODY;
  const typing = colleagues.filter((one) => one.state === "typing");
  const shown = typing.length > 0 ? typing : colleagues.filter((one) => one.state === "viewing");
  const name = shown.map((one) => one.agent.name).join(", ");
  return (
    <div class="colleagues" role="status">
      {answered !== null ? (
        <p class="colleague colleague-typing">
          <Icon path={eyeIcon} size={16} />
          {_("{name} has answered meanwhile. Read that before you send yours.", { name: answered })}
        </p>
      ) : shown.length > 0 && (
        <p class={typing.length > 0 ? "colleague colleague-typing" : "colleague"}>
          <Icon path={eyeIcon} size={16} />
          {typing.length > 0 ? _("{name} is writing here too", { name }) : _("{name} has this chat open", { name })}
        </p>
      )}
    </div>
  );
}

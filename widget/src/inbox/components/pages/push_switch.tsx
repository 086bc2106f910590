// The switch for web push: on, off, or why it cannot be.

import { useEffect, useState } from "preact/hooks";
import { _ } from "../../../shared/i18n.ts";
import { pushOff, pushOn, pushState } from "../../server/push.ts";
import type { Obstacle, PushState } from "../../server/push.ts";
import { useDesk } from "../desk.tsx";

function obstacleWords(obstacle: Obstacle): string {
  const words: Record<Obstacle, string> = {
    unsupported: _("This browser cannot be told while the inbox is closed. On an iPhone, add the inbox to the home screen first."),
    not_offered: _("This shop has not switched web push on. Whoever runs the server can add the middleware \"push\"."),
    denied: _("This browser does not allow notifications from the inbox. Allow them in its settings, then try again."),
    failed: _("This browser's push service did not answer. Nothing was changed. Try again."),
  };
  return words[obstacle];
}

export function PushSwitch() {
  const { work } = useDesk();
  const [state, setState] = useState<PushState | null>(null);
  /** What was just pressed, while browser and server are asked. */
  const [wished, setWished] = useState<boolean | null>(null);
  useEffect(() => void pushState(work).then(setState), []);
  const set = async (on: boolean) => {
    setWished(on);
    setState(await (on ? pushOn(work) : pushOff(work)));
    setWished(null);
  };
  const never = state?.obstacle === "unsupported" || state?.obstacle === "not_offered";
  return (
    <div>
      <label class="switch">
        <input
          type="checkbox"
          checked={wished ?? state?.on ?? false}
          disabled={state === null || never || wished !== null}
          aria-describedby={state?.obstacle == null ? undefined : "push-why"}
          onChange={(event) => void set(event.currentTarget.checked)}
        />
        {_("Tell me also while the inbox is closed, without the text of the chat")}
      </label>
      {state?.obstacle != null && (
        <p id="push-why" class="switch-why" role="status">
          {obstacleWords(state.obstacle)}
        </p>
      )}
    </div>
  );
}

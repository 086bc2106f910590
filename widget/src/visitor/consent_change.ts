// Change a consent: over the socket while it is there, over HTTP when it is not (a withdrawal must always work).
import type { ConsentAnswer, ConsentChange, NoticeAnswer } from "@protocol";
import { Refused } from "../shared/refusals.ts";
import type { VisitorLine } from "./session.ts";

export interface ConsentRequests {
  fetch: (token: string) => Promise<ConsentAnswer>;
  change: (token: string, change: ConsentChange) => Promise<ConsentAnswer>;
}

export interface Decision {
  choices: Record<string, boolean>;
  /** The notice that was on the screen, needed as soon as one choice is true. */
  shown: { notice: NoticeAnswer; sha256: string } | null;
}

/** Returns the answer, the refusal, or null when nobody answered. */
export async function changeConsent(
  requests: ConsentRequests,
  token: string,
  line: VisitorLine | null,
  decision: Decision,
): Promise<ConsentAnswer | Refused | null> {
  const { shown } = decision;
  const change: ConsentChange = shown
    ? {
        choices: decision.choices,
        display_token: shown.notice.display_token,
        rendered_sha256: shown.sha256,
        locale: shown.notice.notice.locale,
      }
    : { choices: decision.choices };
  try {
    if (line?.isOnline) return await line.request("consent_change", change);
  } catch (error) {
    if (error instanceof Refused && error.code !== "closed") return error;
  }
  try {
    return await requests.change(token, change);
  } catch (error) {
    return error instanceof Refused ? error : null;
  }
}

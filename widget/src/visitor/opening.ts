// The visitor's answer to the notice, as it goes into the handshake.
import type { NoticeAnswer, OpenSession } from "@protocol";
import { newClientId } from "../shared/ids.ts";
import { ageLimit, decided } from "./asking.ts";
import type { ChatState } from "./state.ts";

export interface OpeningParts {
  siteId: string;
  build: string;
  shop: { pagePath: string | null };
}

/** `earlier` is the answer before: a lost one is asked for again with its id, so that it opens one session, not two. */
export function openSession(
  parts: OpeningParts,
  notice: NoticeAnswer,
  state: ChatState,
  rendered: string,
  earlier: OpenSession | null,
): OpenSession {
  const isRetry = earlier?.display_token === notice.display_token;
  return {
    site: parts.siteId,
    client_id: isRetry && earlier ? earlier.client_id : newClientId(),
    display_token: notice.display_token,
    rendered_sha256: rendered,
    choices: decided(state),
    locale: notice.notice.locale,
    page_path: parts.shop.pagePath,
    method: "checkbox",
    widget_build: parts.build,
    minor: ageLimit(state) === null ? null : state.minor,
  };
}

// The visitor's answer to the notice, as it goes into the handshake.
import type { NoticeAnswer, OpenSession } from "@protocol";
import { newClientId } from "../shared/ids.ts";

export interface OpeningParts {
  siteId: string;
  build: string;
  shop: { pagePath: string | null };
}

/** `earlier` is the answer before: a lost one is asked for again with its id, so that it opens one session, not two. */
export function openSession(
  parts: OpeningParts,
  notice: NoticeAnswer,
  choices: Record<string, boolean>,
  rendered: string,
  earlier: OpenSession | null,
): OpenSession {
  const isRetry = earlier?.display_token === notice.display_token;
  return {
    site: parts.siteId,
    client_id: isRetry && earlier ? earlier.client_id : newClientId(),
    display_token: notice.display_token,
    rendered_sha256: rendered,
    choices,
    locale: notice.notice.locale,
    page_path: parts.shop.pagePath,
    method: "checkbox",
    widget_build: parts.build,
  };
}

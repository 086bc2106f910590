// A canned reply in a list: how it is called, what it is about, in which language, and how it begins.

import type { CannedView } from "../server/wire.ts";
import { languageName } from "../words.ts";

export function ReplyWords({ reply }: { reply: CannedView }) {
  return (
    <>
      <span class="reply-head">
        <kbd>{`/${reply.shortcut}`}</kbd>
        <strong>{reply.title}</strong>
        <span class="reply-end">{languageName(reply.locale)}</span>
      </span>
      <span class="reply-body" dir="auto">
        {reply.body}
      </span>
    </>
  );
}

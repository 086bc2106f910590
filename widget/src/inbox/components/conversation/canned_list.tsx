// The canned replies that fit what stands after the slash, above the field.

import { _ } from "../../../shared/i18n.ts";
import type { CannedView } from "../../server/wire.ts";
import { ReplyWords } from "../reply_words.tsx";

export const CANNED_LIST = "canned-list";
export const cannedOption = (reply: CannedView) => `canned-${reply.id}`;

interface Props {
  replies: readonly CannedView[];
  active: number;
  onTake: (reply: CannedView) => void;
}

export function CannedList({ replies, active, onTake }: Props) {
  if (replies.length === 0) {
    return <p class="canned canned-none">{_("No canned reply has these words. The button sends them as they are.")}</p>;
  }
  return (
    <ul id={CANNED_LIST} class="canned" role="listbox" aria-label={_("Canned replies")}>
      {replies.map((reply, index) => (
        <li
          key={reply.id}
          id={cannedOption(reply)}
          class="canned-reply"
          role="option"
          aria-selected={index === active}
          onMouseDown={(event) => {
            // The focus stays in the field.
            event.preventDefault();
            onTake(reply);
          }}
        >
          <ReplyWords reply={reply} />
        </li>
      ))}
    </ul>
  );
}

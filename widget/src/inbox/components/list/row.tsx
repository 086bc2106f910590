// One conversation in the list.

import { _, formatAgo, formatDateTime, ngettext } from "../../../shared/i18n.ts";
import { memo } from "../../../shared/memo.ts";
import { spoken } from "../../../shared/files/words.ts";
import { rowPurposes } from "../../state/consent.ts";
import { activityAt, waitingSeconds } from "../../state/views.ts";
import type { AgentConversation, MessageView, SearchHit } from "../../server/wire.ts";
import { decisionName, purposeName, viewName, visitorName } from "../../words.ts";
import { useDesk, useSelect } from "../desk.tsx";
import { focusOn } from "../keyboard.ts";
import { Snippet } from "./snippet.tsx";
import { WaitClock } from "./wait_clock.tsx";

function consentWords(conversation: AgentConversation): string {
  return rowPurposes(conversation)
    .map(({ purpose, given }) => `${purposeName(purpose)}: ${decisionName(given ? "given" : "refused")}`)
    .join(", ");
}

function ConsentDots({ conversation }: { conversation: AgentConversation }) {
  return (
    <span class="dots" title={consentWords(conversation)}>
      {rowPurposes(conversation).map(({ purpose, given }) => (
        <span key={purpose} class={given ? "dot dot-given" : "dot"} />
      ))}
      <span class="visually-hidden">{consentWords(conversation)}</span>
    </span>
  );
}

function When({ conversation }: { conversation: AgentConversation }) {
  const now = useSelect((state) => state.now);
  const at = activityAt(conversation);
  if (waitingSeconds(conversation, now) !== null) return <WaitClock conversation={conversation} />;
  return (
    <time class="row-time" dateTime={at} title={formatDateTime(at)}>
      {now - Date.parse(at) < 60_000 ? _("now") : formatAgo(at, new Date(now))}
    </time>
  );
}

/** More of a text is never on the screen, and laying it out would cost. */
function begin(text: string): string {
  return text.slice(0, 120);
}

function authored({ author_name, body }: MessageView, me: string | undefined): string {
  if (author_name === null) return body;
  return author_name === me ? _("You: {text}", { text: body }) : _("{name}: {text}", { name: author_name, text: body });
}

function LastLine({ conversation }: { conversation: AgentConversation }) {
  const typing = useSelect((state) => conversation.id in state.typing);
  const draft = useSelect((state) => state.drafts[conversation.id]);
  const closing = useSelect((state) => conversation.id in state.closing);
  const me = useSelect((state) => state.me?.name);
  if (closing) return <span class="row-line row-line-mark">{_("Closing")}</span>;
  const going = useSelect((state) => state.pending[conversation.id]?.at(-1));
  if (going?.state === "failed") return <span class="row-line row-line-failed">{_("Not sent: {text}", { text: begin(going.body) })}</span>;
  if (going) return <span class="row-line">{_("Sending: {text}", { text: begin(going.body) })}</span>;
  if (typing) return <span class="row-line row-line-mark">{_("is typing")}</span>;
  if (draft) return <span class="row-line">{_("Draft: {text}", { text: begin(draft) })}</span>;
  const last = conversation.last_message;
  if (last === null) return <span class="row-line row-line-quiet">{_("No message yet")}</span>;
  const words = begin(spoken(last));
  const text = last.author_kind === "visitor" ? words : authored({ ...last, body: words }, me);
  return (
    <span class="row-line">
      <bdi>{text}</bdi>
    </span>
  );
}

function Owner({ conversation }: { conversation: AgentConversation }) {
  const me = useSelect((state) => state.me?.id);
  const agent = conversation.assigned_agent;
  if (agent === null) return <span>{_("Unassigned")}</span>;
  return <span>{agent.id === me ? _("Mine") : agent.name}</span>;
}

interface Props {
  conversation: AgentConversation;
  hit: SearchHit | undefined;
}

/** Drawn again when its conversation is another one, not whenever the list is. */
export const Row = memo(RowView, (before: Props, after) => before.conversation === after.conversation && before.hit === after.hit);

function RowView({ conversation, hit }: Props) {
  const desk = useDesk();
  const selected = useSelect((state) => state.selected === conversation.id);
  const view = useSelect((state) => state.view);
  const { id, unread, visitor } = conversation;
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    // Enter on a row (a click without a pointer) goes on to writing; a click with the mouse stays in the list.
    const writes = event.detail === 0;
    if (selected && writes) focusOn("composer");
    else desk.select(id);
    if (!selected && writes) requestAnimationFrame(() => focusOn("composer"));
  };
  return (
    <li>
      <a
        id={`row-${id}`}
        class={unread > 0 ? "row row-unread" : "row"}
        href={`#${id}`}
        aria-current={selected ? "true" : undefined}
        onClick={onClick}
      >
        <span class="row-head">
          <span class="row-name"><bdi>{visitorName(conversation)}</bdi></span>
          <When conversation={conversation} />
        </span>
        {hit === undefined || hit.snippet === "" ? <LastLine conversation={conversation} /> : <Snippet hit={hit} />}
        <span class="row-foot">
          <ConsentDots conversation={conversation} />
          <Owner conversation={conversation} />
          {conversation.state === "closed" && view !== "closed" && <span class="row-closed">{viewName("closed")}</span>}
          {conversation.tags.slice(0, 2).map((tag) => (
            <span key={tag.id} class="row-tag">
              <bdi>{tag.name}</bdi>
            </span>
          ))}
          {visitor.present && conversation.state === "open" && <span class="row-here">{_("Here")}</span>}
          {unread > 0 && (
            <span class="unread">
              {ngettext("{count} new", "{count} new", unread)}
            </span>
          )}
        </span>
      </a>
    </li>
  );
}

// The conversation: days, groups, who types, and a reader's place that new messages do not move.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { _, formatDay } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { chevronDownIcon } from "../../shared/icons.ts";
import { useStore } from "../../shared/use_store.ts";
import { useSession } from "../context.ts";
import { arrange } from "../thread.ts";
import { MessageGroup } from "./message_group.tsx";

const NEAR_END_PX = 80;

export function MessageList() {
  const session = useSession();
  const { messages, unsent, conversation, typist } = useStore(session.store);
  const items = useMemo(() => arrange(messages, unsent), [messages, unsent]);
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [hasMore, setHasMore] = useState(false);
  const own = unsent.at(-1)?.client_id ?? lastOwn(messages);
  const isSeen = !unsent.length && (messages.findLast(isVisitors)?.seq ?? 0) <= (conversation?.agent_seen_seq ?? 0);

  const toEnd = () => {
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
    setHasMore(false);
  };
  useLayoutEffect(() => {
    if (isAtEnd.current || unsent.length > 0) toEnd();
    else setHasMore(true);
  }, [messages.length, unsent.length]);
  useLayoutEffect(() => {
    if (isAtEnd.current) toEnd();
  }, [typist]);
  useEffect(() => {
    const observer = new ResizeObserver(() => isAtEnd.current && toEnd());
    if (scroller.current) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);
  const scrolled = (event: Event) => {
    const box = event.currentTarget as HTMLElement;
    isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
    if (isAtEnd.current && hasMore) setHasMore(false);
  };

  return (
    <div class="messages">
      <div ref={scroller} class="messages-scroll" tabIndex={0} role="region" aria-label={_("Messages")} onScroll={scrolled}>
        <Greeting isEmpty={items.length === 0} />
        <ol class="message-list">
          {items.map((item) =>
            item.kind === "day" ? (
              <li key={item.key} class="day">
                <span>{formatDay(item.at)}</span>
              </li>
            ) : (
              <MessageGroup
                key={item.key}
                group={item}
                lastOwnKey={own}
                isLastOwnSeen={isSeen}
                onRetry={session.retry}
                onEdit={(id) => session.edit(id)}
              />
            ),
          )}
        </ol>
        {typist === null ? <AskForPerson /> : <TypingLine name={typist} />}
      </div>
      {hasMore && (
        <button class="button to-end" type="button" onClick={toEnd}>
          <Icon path={chevronDownIcon} size={16} />
          {_("New messages")}
        </button>
      )}
    </div>
  );
}

function Greeting({ isEmpty }: { isEmpty: boolean }) {
  const { agentsOnline, site, line, messages, closed } = useStore(useSession().store);
  const isWaiting = messages.every(isVisitors);
  if (!isEmpty && ((agentsOnline && !closed) || !isWaiting)) return null;
  if (!site || line !== "online") return null;
  return (
    <p class="chat-hint">
      {agentsOnline && !closed
        ? _("How can we help you? Write your first message.")
        : _("Write to us anyway: the answer appears here, also when you come back later.")}
    </p>
  );
}

/** Below an automated answer a person is one press away; the answer is the server's own line in the chat. */
function AskForPerson() {
  const session = useSession();
  const { messages, closed, line } = useStore(session.store);
  const [isAsked, setIsAsked] = useState(false);
  if (closed || messages.findLast((message) => !isVisitors(message))?.author_kind !== "bot") return null;
  const ask = async () => {
    setIsAsked(true);
    setIsAsked(await session.aside.tell("human_request", {}));
  };
  return (
    <p class="chat-hint">
      <button class="button" type="button" disabled={isAsked || line !== "online"} onClick={() => void ask()}>
        {_("Talk to a person")}
      </button>
    </p>
  );
}

function TypingLine({ name }: { name: string }) {
  return (
    <p class="typing">
      <span class="typing-dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span dir="auto">{name ? _("{name} is typing", { name }) : _("Somebody is typing")}</span>
    </p>
  );
}

function isVisitors(message: { author_kind: string }): boolean {
  return message.author_kind === "visitor";
}

function lastOwn(messages: ReadonlyArray<{ author_kind: string; client_id: string | null; id: string }>): string | null {
  const last = messages.findLast(isVisitors);
  return last ? (last.client_id ?? last.id) : null;
}

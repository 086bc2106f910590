// The messages of a conversation: days, runs, marks, and what is still on its way.

import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Attached } from "../../../shared/files/attached.tsx";
import { _, formatDateTime, formatDay, formatTime } from "../../../shared/i18n.ts";
import { Icon } from "../../../shared/icon.tsx";
import { checkCheckIcon, chevronDownIcon } from "../../../shared/icons.ts";
import { groupByDay } from "../../state/grouping.ts";
import type { Day, Run } from "../../state/grouping.ts";
import type { Pending } from "../../state/state.ts";
import type { AgentConversation, MessageView, NoteView } from "../../server/wire.ts";
import { visitorName } from "../../words.ts";
import { useDesk, useSelect } from "../desk.tsx";
import { Linked } from "../linked.tsx";
import { NoteBubble, useNotes } from "./notes.tsx";
import { PendingMessage } from "./pending_message.tsx";

const SHOWN_AT_ONCE = 200;
const NEAR_END_PIXELS = 60;
const NONE: readonly Pending[] = [];
const NO_MESSAGES: readonly MessageView[] = [];

/** What stands out among the messages: how far the visitor read, where unread ones begin, what a search found. */
interface Marks {
  seen: MessageView | undefined;
  newFrom: number | undefined;
  found: number | null;
}

/** The id of a message's element. */
function placeOf(seq: number): string {
  return `message-${seq}`;
}

function RunView({ run, marks }: { run: Run; marks: Marks }) {
  const { seen, newFrom, found } = marks;
  const me = useSelect((state) => state.me?.name);
  const { files } = useDesk();
  if (run.author_kind === "system") {
    const [line] = run.messages;
    return <li class="system-line">{line?.body}</li>;
  }
  const last = run.messages.at(-1);
  const mine = run.author_kind !== "visitor";
  return (
    <li class={mine ? "run run-agent" : "run"}>
      {mine && run.author_name !== null && run.author_name !== me && (
        <span class="run-name">
          {run.author_kind === "bot" ? _("{name} (automated answer)", { name: run.author_name }) : run.author_name}
        </span>
      )}
      {run.messages.map((message) => (
        <Fragment key={message.id}>
          {message.seq === newFrom && <span class="new-line">{_("New")}</span>}
          {message.body.trim() !== "" && (
            <p
              id={placeOf(message.seq)}
              class={message.seq === found ? "bubble bubble-found" : "bubble"}
              dir="auto"
              title={formatDateTime(message.stored_at)}
            >
              <Linked text={message.body} />
            </p>
          )}
          {message.attachments.length > 0 && <Attached files={message.attachments} shelf={files.shelf} onOpen={files.show} />}
        </Fragment>
      ))}
      {last !== undefined && (
        <span class="run-mark">
          <time dateTime={last.stored_at}>{formatTime(last.stored_at)}</time>
          {mine && seen !== undefined && run.messages.includes(seen) && (
            <span class="run-seen">
              <Icon path={checkCheckIcon} size={12} />
              {_("Seen")}
            </span>
          )}
        </span>
      )}
    </li>
  );
}

/** Notes stand after the run in which the message before them is. */
function notesAfter(run: Run, notes: readonly NoteView[]): NoteView[] {
  const seqs = new Set(run.messages.map((message) => message.seq));
  return notes.filter((note) => seqs.has(note.after_seq));
}

function DayView({ day, marks, notes }: { day: Day; marks: Marks; notes: readonly NoteView[] }) {
  return (
    <section class="day">
      <h3 class="day-name">{formatDay(day.at)}</h3>
      <ul>
        {day.runs.map((run) => (
          <Fragment key={run.key}>
            <RunView run={run} marks={marks} />
            {notesAfter(run, notes).map((note) => (
              <NoteBubble key={note.id} note={note} />
            ))}
          </Fragment>
        ))}
      </ul>
    </section>
  );
}

/** Tell the server what was on the screen: only while the page is visible and the end of the chat is in view. */
function useSeen(conversation: AgentConversation, messages: readonly MessageView[], atEnd: boolean): void {
  const { live } = useDesk();
  const link = useSelect((state) => state.link);
  const last = messages.at(-1)?.seq ?? 0;
  const { id } = conversation;
  // How far this agent has read: a colleague may have been quicker.
  const mine = conversation.my_seen_seq ?? 0;
  useEffect(() => {
    const tell = () => {
      if (document.visibilityState === "visible" && atEnd && last > mine) live.seen(id, last);
    };
    tell();
    document.addEventListener("visibilitychange", tell);
    return () => document.removeEventListener("visibilitychange", tell);
  }, [id, last, mine, atEnd, link]);
}

function TypingLine({ conversation }: { conversation: AgentConversation }) {
  const typing = useSelect((state) => conversation.id in state.typing);
  if (!typing) return null;
  return (
    <p class="typing">
      <span class="typing-dots" aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      {_("{name} is typing", { name: visitorName(conversation) })}
    </p>
  );
}

function GoneLine({ conversation }: { conversation: AgentConversation }) {
  if (conversation.visitor.present || conversation.state !== "open") return null;
  return <p class="system-line">{_("The visitor has left the page and sees your answer on coming back.")}</p>;
}

/** Keep the end in view while the reader is there, and leave the place alone when not. */
function useEnd(content: unknown[]) {
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const stick = useRef(true);
  const toEnd = () => {
    const box = scroller.current;
    if (box !== null) box.scrollTop = box.scrollHeight;
  };
  const onScroll = () => {
    const box = scroller.current;
    if (box === null) return;
    stick.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PIXELS;
    setAtEnd(stick.current);
  };
  const lookAt = (id: string) => {
    const place = document.getElementById(id);
    if (place === null) return false;
    place.scrollIntoView({ block: "center" });
    onScroll();
    return true;
  };
  useLayoutEffect(() => {
    if (stick.current) toEnd();
  }, content);
  useEffect(() => {
    const box = scroller.current;
    if (box === null) return undefined;
    // The composer grows, the keyboard of a phone opens: the end stays in view.
    const observer = new ResizeObserver(() => stick.current && toEnd());
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  return { scroller, atEnd, onScroll, toEnd, lookAt };
}

/** The message that a search found in this chat, when it was opened from there. */
function useFound(id: string): number | null {
  const { store } = useDesk();
  const [seq] = useState(() => {
    const { found, query } = store.get();
    return (query === "" ? null : found?.hits.find((hit) => hit.conversation.id === id)?.seq) ?? null;
  });
  return seq;
}

/** Up to where this agent had read when the chat was opened; null for a chat that is new as a whole, or read to its end. */
function useReadBefore({ my_seen_seq, last_seq }: AgentConversation): number | null {
  const [seq] = useState(my_seen_seq && my_seen_seq < last_seq ? my_seen_seq : null);
  return seq;
}

export function Messages({ conversation }: { conversation: AgentConversation }) {
  const { id } = conversation;
  const thread = useSelect((state) => state.threads[id]);
  const pending = useSelect((state) => state.pending[id]) ?? NONE;
  const typing = useSelect((state) => id in state.typing);
  const found = useFound(id);
  const readBefore = useReadBefore(conversation);
  const [more, setMore] = useState(SHOWN_AT_ONCE);
  const messages = thread?.messages ?? NO_MESSAGES;
  // As many as bring what was found on the screen.
  const shown = found === null ? more : Math.max(more, messages.filter((one) => one.seq >= found).length);
  const notes = useNotes(id);
  const end = useEnd([messages, notes, pending, typing, conversation.visitor.present, conversation.state]);
  const [looked, setLooked] = useState(found === null);
  useLayoutEffect(() => {
    if (!looked && found !== null && end.lookAt(placeOf(found))) setLooked(true);
  }, [messages]);
  useSeen(conversation, messages, end.atEnd);
  const days = useMemo(() => groupByDay(messages.slice(-shown)), [messages, shown]);
  const seen = messages.findLast(
    (message) => message.author_kind === "agent" && message.seq <= conversation.visitor_seen_seq,
  );
  const newFrom = messages.find((one) => readBefore !== null && one.seq > readBefore && one.author_kind === "visitor")?.seq;
  const news = !end.atEnd && messages.some((message) => message.seq > conversation.agent_seen_seq);
  return (
    <div class="messages-place">
      <div class="messages" ref={end.scroller} onScroll={end.onScroll} tabIndex={0} role="log" aria-label={_("Messages")}>
        {thread === undefined && <div class="skeleton bubble-skeleton" />}
        {messages.length > shown && (
          <button class="button button-small" type="button" onClick={() => setMore(shown + SHOWN_AT_ONCE)}>
            {_("Show earlier messages")}
          </button>
        )}
        {thread !== undefined && messages.length === 0 && pending.length === 0 && (
          <p class="system-line">{_("The visitor opened the chat and has not written yet. Say hello.")}</p>
        )}
        {notes.some((note) => note.after_seq === 0) && (
          <ul class="day">
            {notes.filter((note) => note.after_seq === 0).map((note) => (
              <NoteBubble key={note.id} note={note} />
            ))}
          </ul>
        )}
        {days.map((day) => (
          <DayView key={day.key} day={day} marks={{ seen, newFrom, found }} notes={notes} />
        ))}
        {pending.length > 0 && (
          <ul class="day">
            {pending.map((one) => (
              <PendingMessage key={one.client_id} conversationId={id} pending={one} />
            ))}
          </ul>
        )}
        <TypingLine conversation={conversation} />
        <GoneLine conversation={conversation} />
      </div>
      {news && (
        <button class="button to-end" type="button" onClick={end.toEnd}>
          <Icon path={chevronDownIcon} size={16} />
          {_("New messages")}
        </button>
      )}
    </div>
  );
}

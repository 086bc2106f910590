// Messages of one conversation: merged by id, ordered by seq, shown only as far as nothing is missing.

import type { Thread } from "./state.ts";
import type { AgentConversation, ConversationOpened, MessageView } from "../server/wire.ts";

function union(a: readonly MessageView[], b: readonly MessageView[]): MessageView[] {
  const byId = new Map<string, MessageView>();
  for (const message of [...a, ...b]) byId.set(message.id, message);
  return [...byId.values()].sort((x, y) => x.seq - y.seq);
}

function absorb(thread: Thread): Thread {
  // What came early joins as soon as everything before it is here.
  let { complete_to } = thread;
  const joined: MessageView[] = [];
  const ahead: MessageView[] = [];
  for (const message of [...thread.ahead].sort((x, y) => x.seq - y.seq)) {
    if (message.seq <= complete_to + 1) {
      complete_to = Math.max(complete_to, message.seq);
      joined.push(message);
    } else ahead.push(message);
  }
  if (joined.length === 0) return thread;
  return { ...thread, complete_to, ahead, messages: union(thread.messages, joined) };
}

/** Put one message from the socket into a thread; behind a gap it waits in `ahead`. */
export function withMessage(thread: Thread, message: MessageView): Thread {
  const known = thread.messages.some((other) => other.id === message.id);
  if (known || thread.ahead.some((other) => other.id === message.id)) return thread;
  return absorb({ ...thread, ahead: [...thread.ahead, message] });
}

/** Put the server's answer into a thread: up to the answer's `last_seq` nothing is missing any more. */
export function withAnswer(thread: Thread | undefined, answer: ConversationOpened, afterSeq: number): Thread {
  const before = afterSeq > 0 ? (thread?.messages ?? []) : [];
  const last = answer.messages.at(-1)?.seq ?? 0;
  return absorb({
    messages: union(before, answer.messages),
    ahead: thread?.ahead ?? [],
    complete_to: Math.max(answer.conversation.last_seq, last),
    clauses: answer.clauses,
    record: answer.record,
    consent_changed_at: answer.conversation.consent.changed_at,
  });
}

/** Say whether a thread must ask the server: messages or the words and times of a changed consent are missing. */
export function mustAsk(thread: Thread, conversation: AgentConversation | undefined): boolean {
  if (thread.ahead.length > 0) return true;
  if (conversation === undefined) return false;
  return conversation.last_seq > thread.complete_to || conversation.consent.changed_at !== thread.consent_changed_at;
}

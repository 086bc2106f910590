// The events of the /agent namespace, by payload and answer.

import type {
  AgentConversation,
  AgentView,
  ConsentChanged,
  ConversationAssign,
  ConversationClose,
  ConversationList,
  ConversationListAnswer,
  ConversationOpened,
  ConversationRef,
  MessageAnswer,
  MessageSeen,
  MessageSend,
  MessageStored,
  Presence,
  Typing,
  TypingEvent,
} from "@protocol";

interface Request<Payload, Answer> {
  payload: Payload;
  answer: Answer;
}

export interface AgentTraffic {
  received: {
    agent_ready: AgentView;
    message_stored: MessageStored;
    conversation_changed: { conversation: AgentConversation };
    consent_changed: ConsentChanged;
    typing: TypingEvent;
  };
  requests: {
    conversation_list: Request<ConversationList, ConversationListAnswer>;
    conversation_open: Request<ConversationRef, ConversationOpened>;
    message_send: Request<MessageSend, MessageAnswer>;
    conversation_assign: Request<ConversationAssign, { conversation: AgentConversation }>;
    conversation_close: Request<ConversationClose, { conversation: AgentConversation }>;
    message_seen: Request<MessageSeen, unknown>;
    typing: Request<Typing, unknown>;
    presence: Request<Presence, unknown>;
  };
}

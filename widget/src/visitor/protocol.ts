// What goes over the visitor's line: payloads and answers by event name.
import type {
  AgentPresence,
  ConsentAnswer,
  ConsentChange,
  ConsentChanged,
  IdentitySet,
  MessageAnswer,
  MessageSeen,
  MessageSend,
  MessageView,
  ProfileSet,
  RatingSet,
  SessionClosed,
  SessionOpened,
  SessionResumed,
  Typing,
  TypingEvent,
  VisitorConversation,
} from "@protocol";
import type { Connection } from "../shared/connection.ts";

export type VisitorTraffic = {
  received: {
    session_opened: SessionOpened;
    session_resumed: SessionResumed;
    message_stored: { message: MessageView };
    conversation_changed: { conversation: VisitorConversation };
    consent_changed: ConsentChanged;
    agent_presence: AgentPresence;
    typing: TypingEvent;
    session_closed: SessionClosed;
  };
  requests: {
    message_send: { payload: MessageSend; answer: MessageAnswer };
    message_seen: { payload: MessageSeen; answer: object };
    typing: { payload: Typing; answer: object };
    consent_change: { payload: ConsentChange; answer: ConsentAnswer };
    identity_set: { payload: IdentitySet; answer: object };
    profile_set: { payload: ProfileSet; answer: object };
    rating_set: { payload: RatingSet; answer: object };
    human_request: { payload: object; answer: object };
    session_close: { payload: object; answer: object };
  };
};

export type VisitorLine = Pick<Connection<VisitorTraffic>, "on" | "open" | "close" | "isOnline" | "request" | "tell">;

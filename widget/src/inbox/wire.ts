// The wire shapes that the inbox uses; generated from chatgate/web/protocol.py.

export type {
  AgentConversation,
  AgentView,
  ClauseView,
  ConsentView,
  ConversationAnswer,
  ConversationListAnswer,
  ConversationOpened,
  MessageView,
  TrainingView,
  TypingEvent,
} from "@protocol";

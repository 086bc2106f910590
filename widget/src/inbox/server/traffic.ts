// The events of the /agent namespace, by payload and answer.

import type * as wire from "@protocol";

interface Request<Payload, Answer> {
  payload: Payload;
  answer: Answer;
}

/** Events that change one conversation and answer with it. */
type Change<Payload> = Request<Payload, wire.ConversationAnswer>;

export interface AgentTraffic {
  received: {
    agent_ready: wire.AgentView;
    message_stored: wire.MessageStored;
    conversation_changed: { conversation: wire.AgentConversation };
    conversation_erased: wire.ConversationErased;
    consent_changed: wire.ConsentChanged;
    note_stored: wire.NoteStored;
    colleague: wire.Colleague;
    agent_seen: wire.AgentSeen;
    agent_changed: wire.AgentChanged;
    canned_changed: wire.CannedChanged;
    presence: wire.PresenceChanged;
    typing: wire.TypingEvent;
  };
  requests: {
    conversation_list: Request<wire.ConversationList, wire.ConversationListAnswer>;
    conversation_open: Request<wire.ConversationRef, wire.ConversationOpened>;
    conversation_search: Request<wire.ConversationSearch, wire.ConversationSearchAnswer>;
    message_send: Request<wire.MessageSend, wire.MessageAnswer>;
    note_add: Request<wire.NoteAdd, wire.NoteAnswer>;
    conversation_assign: Change<wire.ConversationAssign>;
    conversation_transfer: Change<wire.ConversationTransfer>;
    conversation_close: Change<wire.ConversationClose>;
    conversation_reopen: Change<wire.ConversationReopen>;
    tag_add: Change<wire.TagChange>;
    tag_remove: Change<wire.TagChange>;
    visitor_block: Change<wire.VisitorBlock>;
    consent_withdraw: Request<wire.ConsentWithdraw, { consent: wire.ConsentView }>;
    tag_list: Request<wire.TagList, wire.TagListAnswer>;
    agents_list: Request<wire.AgentsList, wire.AgentsListAnswer>;
    agent_add: Request<wire.AgentAdd, wire.AgentAdded>;
    agent_remove: Request<wire.AgentRemove, wire.AgentChanged>;
    agent_change: Request<wire.AgentChange, wire.AgentChanged>;
    canned_list: Request<wire.CannedList, wire.CannedListAnswer>;
    canned_render: Request<wire.CannedRender, wire.CannedRendered>;
    canned_save: Request<wire.CannedSave, wire.CannedAnswer>;
    canned_delete: Request<wire.CannedRef, unknown>;
    suggestion_list: Request<wire.ConversationRef, wire.SuggestionsAnswer>;
    suggestion_use: Request<wire.SuggestionUse, unknown>;
    training_list: Request<wire.TrainingList, wire.TrainingListAnswer>;
    training_read: Request<wire.TrainingRef, wire.TrainingItemAnswer>;
    training_decide: Request<wire.TrainingDecide, wire.TrainingDecided>;
    draft_set: Request<wire.DraftSet, unknown>;
    viewing: Request<wire.Viewing, { colleagues: wire.ColleagueView[] }>;
    audit_list: Request<wire.AuditList, wire.AuditListAnswer>;
    sign_in_list: Request<wire.SignInList, wire.SignInListAnswer>;
    sign_in_revoke: Request<wire.SignInRevoke, wire.SignInListAnswer>;
    push_key: Request<wire.PushKeyGet, wire.PushKey>;
    push_subscribe: Request<wire.PushSubscribe, unknown>;
    push_unsubscribe: Request<wire.PushUnsubscribe, unknown>;
    two_factor_start: Request<wire.TwoFactorStart, wire.TwoFactorStarted>;
    two_factor_confirm: Request<wire.TwoFactorConfirm, wire.TwoFactorOn>;
    two_factor_off: Request<wire.TwoFactorOff, unknown>;
    message_seen: Request<wire.MessageSeen, unknown>;
    typing: Request<wire.Typing, unknown>;
    presence: Request<wire.Presence, unknown>;
  };
}

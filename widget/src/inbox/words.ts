// The inbox's words for codes and states of the server. Every code has a sentence; an unknown one has, too.

import { _, currentLocale, formatDateTime, ngettext } from "../shared/i18n.ts";
import type { Decision } from "./state/consent.ts";
import type { Command } from "./shortcuts.ts";
import type { View } from "./state/state.ts";
import type { AgentConversation, AgentSummary, TrainingView } from "./server/wire.ts";

export function viewName(view: View): string {
  const names: Record<View, string> = {
    mine: _("Mine"),
    unassigned: _("Unassigned"),
    open: _("Open"),
    closed: _("Closed"),
  };
  return names[view];
}

export function roleName(role: AgentSummary["role"]): string {
  const names: Record<AgentSummary["role"], string> = {
    agent: _("Agent"),
    privacy_officer: _("Privacy officer"),
    admin: _("Admin"),
  };
  return names[role];
}

export function presenceName(state: AgentSummary["state"]): string {
  const names: Record<AgentSummary["state"], string> = {
    online: _("Online"),
    away: _("Away"),
    offline: _("Not here"),
  };
  return names[state];
}

export function purposeName(purpose: string): string {
  const names: Record<string, string> = {
    support: _("Chat"),
    training: _("Training"),
    marketing: _("Marketing"),
  };
  return names[purpose] ?? purpose;
}

export function decisionName(decision: Decision): string {
  const names: Record<Decision, string> = {
    given: _("Agreed"),
    refused: _("Not agreed"),
    withdrawn: _("Withdrawn"),
  };
  return names[decision];
}

/** The name that a visitor gave, or the label in the agent's language. */
export function visitorName(conversation: AgentConversation): string {
  const code = /^Visitor (\w{5})$/.exec(conversation.visitor.label)?.[1];
  return code === undefined ? conversation.visitor.label : _("Visitor {code}", { code });
}

export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(currentLocale(), { type: "language" }).of(tag.replace("_", "-")) ?? tag;
  } catch {
    return tag;
  }
}

/** The languages that chats can have. */
export const LANGUAGES = ["ar", "cs", "de", "en", "es", "fr", "it", "nl", "pl", "uk"] as const;

/** A waiting time in its largest unit. */
export function duration(seconds: number): string {
  const [value, unit] =
    seconds >= 86_400 ? [seconds / 86_400, "day"] : seconds >= 3600 ? [seconds / 3600, "hour"] : [seconds / 60, "minute"];
  const format = { style: "unit", unit: unit as string, unitDisplay: "short" } as const;
  return new Intl.NumberFormat(currentLocale(), format).format(Math.floor(value as number));
}

/** What a refusal means for the agent: what happened, what is safe, what to do. */
export function refusalWords(code: string, seconds: number | null): string {
  if (code === "rate_limited") {
    return seconds === null
      ? _("Too many tries. Wait a moment and try again.")
      : ngettext("Too many tries. Try again in {count} second.", "Too many tries. Try again in {count} seconds.", seconds);
  }
  const words: Record<string, string> = {
    no_answer: _("Not sent yet. Your text is safe."),
    closed: _("Not sent: this chat is closed."),
    consent_withdrawn: _("Not sent: the visitor withdrew the consent to this chat."),
    message_too_long: _("Not sent: a message has at most 4,000 characters."),
    attachment_unknown: _("Not sent: a file of it is no longer there. Please attach it again."),
    message_refused: _("Not sent: a rule of this shop refused the message."),
    payload_invalid: _("Not sent: the server could not read this."),
    restricted: _("This chat is restricted: its data may only be stored."),
    not_found: _("This chat no longer exists."),
    agent_gone: _("This colleague takes no chats any more. Nothing was changed: choose somebody else."),
    forbidden: _("Your role does not allow this."),
    sign_in_required: _("You are signed out. Sign in again to go on."),
    sign_in_failed: _("The e-mail address and the password do not match. Check both and try again."),
    second_factor_required: _("Type the six digits of your authenticator app, or a recovery code."),
    second_factor_wrong: _("This code is not right. Try the next one."),
    last_admin: _("One active admin must stay. Make another one first."),
    middleware_error: _("A part of the server failed. Nothing was lost. Try again."),
    storage_unavailable: _("A part of the server failed. Nothing was lost. Try again."),
  };
  return words[code] ?? _("The server could not do this. Nothing was lost. Try again.");
}

export function closedWords(conversation: AgentConversation): string {
  const reasons: Record<string, string> = {
    agent: _("An agent closed this chat."),
    visitor: _("The visitor closed this chat."),
    idle: _("Closed because nobody wrote for a long time."),
    consent_withdrawn: _("Closed because the visitor withdrew the consent to this chat."),
    erased: _("Closed because its data was erased."),
    blocked: _("Closed because an agent blocked the visitor."),
  };
  const reason = conversation.closed_reason;
  if (reason === null) return _("This chat is closed.");
  return reasons[reason] ?? _("Closed: {reason}", { reason });
}

/** Why agents close a chat; visitors are never told. */
export const CLOSE_REASONS = ["solved", "no_answer", "spam", "duplicate", "other"] as const;

export function reasonName(reason: string): string {
  const names: Record<string, string> = {
    solved: _("Solved"),
    no_answer: _("No answer"),
    spam: _("Spam"),
    duplicate: _("Duplicate"),
    other: _("Something else"),
  };
  return names[reason] ?? reason;
}

export interface TrainingWords {
  title: string;
  text: string;
}

/** Where the transcript is, and why. */
export function trainingWords(conversation: AgentConversation): TrainingWords {
  const { training, consent, state } = conversation;
  const at = training.at === null ? null : formatDateTime(training.at);
  switch (training.state) {
    case "waiting":
      return {
        title: _("Waiting"),
        text: at === null ? _("The transcript goes to the training store soon.") : _("The transcript goes to the training store after {at}.", { at }),
      };
    case "held":
      return { title: _("Waiting for a check"), text: _("A person must read the transcript before it may be stored.") };
    case "admitted":
      return { title: _("In the training store"), text: _("Redacted and stored on {at}.", { at: at ?? "" }) };
    case "skipped":
      return { title: _("Not stored"), text: skippedReason(training) };
    case "quarantined":
      return { title: _("Locked"), text: _("Nobody can read it in the training store. It is being removed.") };
    case "retracted":
      return { title: _("Removed"), text: _("Taken out of the training store on {at}.", { at: at ?? "" }) };
    case "none":
      return noneWords(consent.may_train, state);
  }
}

function noneWords(mayTrain: boolean, state: AgentConversation["state"]): TrainingWords {
  if (!mayTrain) return { title: _("Not used"), text: _("This chat is not used to train anything.") };
  const text = state === "open" ? _("The transcript goes to the training store after the chat is closed.") : _("The transcript goes to the training store soon.");
  return { title: _("Not yet"), text };
}

/** Why a transcript is not stored. */
export function skippedReason({ reason }: Pick<TrainingView, "reason">): string {
  const reasons: Record<string, string> = {
    not_given: _("The visitor does not agree to training."),
    minor_blocked: _("The visitor is under the age of consent."),
    not_closed: _("The chat was open again."),
    expired: _("The consent to training is too old."),
    empty: _("There was nothing to store: no message was written."),
    last_admin: _("One active admin must stay. Make another one first."),
    middleware_error: _("A part of the server failed while checking, and then nothing is stored."),
  };
  return reasons[reason ?? ""] ?? _("A rule of this shop kept it out: {reason}", { reason: reason ?? "" });
}

export function commandName(command: Command): string {
  const names: Record<Command, string> = {
    next: _("Next chat"),
    previous: _("Previous chat"),
    reply: _("Write a reply"),
    note: _("Write a note"),
    suggestion: _("Take the suggested reply"),
    palette: _("Find a command or a chat"),
    assign: _("Assign to me"),
    close: _("Close the chat"),
    tag: _("Add a tag"),
    undo: _("Undo"),
    search: _("Search"),
    context: _("Show or hide the consent"),
    mine: _("My chats"),
    unassigned: _("Unassigned chats"),
    open: _("All open chats"),
    closed: _("Closed chats"),
    help: _("Show or hide this list"),
    back: _("Leave the field, go back"),
  };
  return names[command];
}

export function keyName(key: string): string {
  const names: Record<string, string> = { Enter: _("Enter"), Escape: _("Esc"), "Control+Enter": _("Ctrl+Enter"), "Control+k": _("Ctrl+K"), "Alt+ArrowDown": _("Alt+↓"), "Alt+ArrowUp": _("Alt+↑") };
  return names[key] ?? key.toUpperCase();
}

/** What an entry of the audit log says was done; an action without words here is shown as it is named. */
export function auditWords(action: string): string {
  const words: Record<string, string> = {
    conversation_opened: _("opened a chat and its consent"),
    conversation_reopened: _("reopened a chat"),
    consent_withdrawn: _("withdrew a consent on request"),
    proof_read: _("read a proof"),
    proof_exported: _("exported a proof"),
    receipt_checked: _("checked a receipt"),
    subject_access: _("gave a copy of all data"),
    subject_portability: _("gave the data to take along"),
    subject_erasure: _("erased a chat on request"),
    subject_restriction: _("restricted a chat on request"),
    subject_objection: _("entered an objection"),
    visitor_blocked: _("blocked a visitor"),
    visitor_unblocked: _("unblocked a visitor"),
    canned_reply_saved: _("saved a canned reply"),
    canned_reply_deleted: _("deleted a canned reply"),
    agent_added: _("added an account"),
    agent_changed: _("changed an account"),
    agent_removed: _("removed an account"),
    agent_reset: _("made a new password for an account"),
    training_read: _("read a transcript for training"),
    training_approved: _("let a transcript into the training store"),
    training_kept: _("kept a transcript in the training store"),
    training_quarantined: _("left a transcript out of the training store"),
    sign_in_revoked: _("ended sign-ins"),
    second_factor_on: _("switched a second factor on"),
    second_factor_off: _("switched a second factor off"),
  };
  return words[action] ?? action.replaceAll("_", " ");
}

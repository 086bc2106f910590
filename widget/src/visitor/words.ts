// What the widget says: refusals, endings and purposes in words a shopper understands.
import { _ } from "../shared/i18n.ts";

/** A purpose, short enough for "You agreed to: ...". */
export function purposeName(purpose: string): string {
  if (purpose === "support") return _("chat");
  if (purpose === "training") return _("improving answers");
  if (purpose === "marketing") return _("news and offers");
  return purpose;
}

/** The title of a purpose's card. */
export function purposeTitle(purpose: string): string {
  if (purpose === "support") return _("Chat with the shop");
  if (purpose === "training") return _("Improving automated answers");
  if (purpose === "marketing") return _("News and offers");
  return purpose;
}

/** Why no chat can be opened here: a title, a text, and whether trying again makes sense. */
export function explainProblem(code: string): { title: string; text: string; canRetry: boolean } {
  if (code === "no_answer") {
    return {
      title: _("No connection"),
      text: _("The chat does not answer just now. Please check your connection and try again."),
      canRetry: true,
    };
  }
  if (code === "rate_limited") {
    return { title: _("One moment"), text: tooOften(), canRetry: true };
  }
  return {
    title: _("The chat is closed here"),
    text: _("This shop does not offer the chat on this page just now."),
    canRetry: false,
  };
}

/** Why Start chat did not open a session. The choices stay as they are. */
export function explainOpening(code: string): string {
  if (code === "no_answer") {
    return _("No connection yet. Your choices are safe. The chat opens as soon as there is one, or try again.");
  }
  if (code === "rate_limited") return tooOften();
  if (code === "minor_blocked") return _("This chat is not for somebody of your age. Please use another way to reach us.");
  if (code === "restricted") return _("The chat cannot be opened. Please use another way to reach us.");
  if (code === "closed") return _("The shop does not take chats just now. Please try again later.");
  return _("The chat could not be opened. Nothing was stored. Please try again.");
}

/** Why a message was not sent. */
export function explainUnsent(code: string | null): string {
  if (code === null) return _("Not sent yet. Your text is safe.");
  if (code === "rate_limited") return _("Not sent: too many messages at once. Please wait a moment.");
  if (code === "message_too_long") return _("Not sent: the message is too long.");
  if (code === "message_refused") return _("Not sent: the shop cannot take this message.");
  if (code === "attachment_unknown") return _("Not sent: a file of it is no longer there. Please attach it again.");
  return _("Not sent. Your text is safe.");
}

/** Why a change of consent did not happen. */
export function explainChange(code: string): string {
  if (code === "no_answer") return _("Not changed: no connection. Please try again.");
  if (code === "rate_limited") return tooOften();
  return _("Not changed. Please read the text once more and try again.");
}

/** Why the chat is over. */
export function explainEnd(reason: string): string {
  if (reason === "idle") return _("This chat was closed because nothing was written for a while.");
  if (reason === "visitor") return _("You ended this chat.");
  return _("This chat is closed.");
}

function tooOften(): string {
  return _("That was too often in a short time. Please wait a minute and try again.");
}

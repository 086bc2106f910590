// What is said about files, in words for somebody who only wants to show a broken cup.
import { _, formatSize } from "../i18n.ts";
import type { Refused } from "../refusals.ts";

/** Why a file failed: the server's refusal, or null for no answer. */
export type FileRefusal = Pick<Refused, "code" | "detail"> | null;

/** Why a file was not uploaded. */
export function explainFile(refusal: FileRefusal): string {
  if (refusal === null) return _("The upload broke off.");
  const { code, detail } = refusal;
  if (code === "attachment_too_large") return _("Too large: at most {size}.", { size: formatSize(Number(detail["limit_bytes"])) });
  if (code === "attachment_refused") return explainRefused(detail["reason"]);
  if (code === "attachment_limit") return _("This chat has as many files as it can take.");
  if (code === "attachments_off") return _("Files cannot be sent here.");
  if (code === "rate_limited") return _("Too many files at once. Please wait a moment.");
  if (code === "middleware_error") return _("The file could not be checked. Please try again later.");
  return _("The file could not be sent.");
}

function explainRefused(reason: unknown): string {
  if (reason === "broken") return _("The file is damaged and cannot be opened.");
  if (reason === "pixels") return _("The image has too many pixels.");
  if (reason === "malware") return _("The virus scanner refused the file.");
  if (reason === "mismatch") return _("The file is not what its name says.");
  return _("Only images (JPEG, PNG, WebP, GIF) and PDF files can be sent.");
}

/** Trying again could help: nothing is wrong with the file itself. */
export function isWorthRetrying(refusal: FileRefusal): boolean {
  return refusal === null || ["rate_limited", "middleware_error", "attachment_limit"].includes(refusal.code);
}

/** What a message says where only text fits: its text, or the names of its files. */
export function spoken(message: { body: string; attachments: ReadonlyArray<{ name: string }> }): string {
  return [message.body, ...message.attachments.map((file) => file.name)].filter(Boolean).join(", ");
}

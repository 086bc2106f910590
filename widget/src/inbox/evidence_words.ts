// What the privacy page says: kinds of decisions, who made them, and what went wrong, in words.

import { _ } from "../shared/i18n.ts";

export function eventName(kind: string): string {
  if (kind === "answered") return _("First answer");
  if (kind === "changed") return _("Changed");
  if (kind === "withdrawn") return _("Withdrawn");
  if (kind === "renewed") return _("Renewed");
  if (kind === "expired") return _("Expired");
  if (kind === "informed") return _("Told of a new text");
  return kind;
}

export function actorName(actor: string): string {
  if (actor === "visitor") return _("Visitor");
  if (actor.startsWith("agent:")) return _("Agent, on request");
  return _("By itself, when its time was over");
}

export function rightName(kind: string): string {
  if (kind === "access") return _("Copy of all data");
  if (kind === "portability") return _("Data to take along");
  if (kind === "erasure") return _("Erasure");
  if (kind === "restriction") return _("Restriction");
  if (kind === "objection") return _("Objection");
  return kind;
}

export function requestState(state: string): string {
  if (state === "done") return _("Done");
  if (state === "deleted") return _("Deleted; the files are being scrubbed");
  return _("Under way");
}

export function methodName(method: string): string {
  return method === "checkbox" ? _("Ticked a box that was empty, then pressed Start chat") : method;
}

/** Why nothing was found or done. */
export function evidenceRefusal(code: string): string {
  if (code === "not_found") return _("No consent has this number. It may have been erased.");
  if (code === "forbidden") return _("Your role does not allow this.");
  if (code === "restricted") return _("The data is held for a legal claim. Only the operator can erase it.");
  if (code === "payload_invalid") return _("This is no number and no receipt.");
  return _("No answer. Please try again.");
}

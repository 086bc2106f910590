// The words for transcripts on their way into the training store.

import { _, formatDateTime } from "../shared/i18n.ts";
import type { TrainingItemView, TrainingList } from "./server/wire.ts";
import { skippedReason } from "./words.ts";

type View = NonNullable<TrainingList["view"]>;

export const TRAINING_VIEWS: readonly View[] = ["held", "sample", "admitted", "waiting", "left_out"];

export function trainingViewName(view: View): string {
  const names: Record<View, string> = {
    held: _("To decide"),
    sample: _("Sample to read"),
    admitted: _("Stored"),
    waiting: _("Waiting"),
    left_out: _("Left out"),
  };
  return names[view];
}

export function stateWords(state: TrainingItemView["state"]): string {
  const names: Record<TrainingItemView["state"], string> = {
    pending: _("Being stored"),
    waiting: _("Waiting"),
    held: _("Waiting for a check"),
    admitted: _("In the training store"),
    skipped: _("Not stored"),
    quarantined: _("Locked"),
    retracted: _("Removed"),
  };
  return names[state];
}

const SPECIAL = "special:";

/** Say whether a transcript stopped because its words hint at a special category of personal data. */
export function isSpecial({ state, reason }: TrainingItemView): boolean {
  return state === "held" && (reason ?? "").startsWith(SPECIAL);
}

function kindName(kind: string): string {
  const names: Record<string, string> = {
    health: _("health"),
    religion: _("religion"),
    union: _("trade union"),
    politics: _("politics"),
    sexual_orientation: _("sexual orientation"),
    ethnicity: _("ethnic origin"),
    criminal: _("criminal offences"),
    biometric: _("biometric or genetic data"),
  };
  return names[kind] ?? kind;
}

/** Why a transcript is where it is; nothing when there is nothing to say. */
export function reasonWords(item: TrainingItemView): string {
  const { state, reason, due_at } = item;
  if (state === "waiting") return due_at === null ? "" : _("Until {at}", { at: formatDateTime(due_at) });
  if (reason === null) return "";
  if (reason.startsWith(SPECIAL)) {
    const kinds = reason.slice(SPECIAL.length).split(",").map(kindName).join(", ");
    return _("Words about: {kinds}", { kinds });
  }
  const reasons: Record<string, string> = {
    curator: _("A person left it out."),
    consent_withdrawn: _("The visitor withdrew the consent to training."),
    reopened: _("The chat was open again."),
    restricted: _("The visitor asked to restrict the data."),
    redaction_failed: _("Personal data could not be taken out of it, and then nothing is stored."),
  };
  return reasons[reason] ?? skippedReason({ reason });
}

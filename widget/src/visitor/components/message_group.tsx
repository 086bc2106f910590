// Consecutive messages of one author: the name once, the time on the last one, and what became of each.
import { Attached } from "../../shared/files/attached.tsx";
import { _, formatDateTime, formatTime } from "../../shared/i18n.ts";
import { memo } from "../../shared/memo.ts";
import { useSession } from "../context.ts";
import { breakable, splitLinks } from "../links.ts";
import type { Entry, Group } from "../thread.ts";
import { explainUnsent } from "../words.ts";
import { initial } from "./header.tsx";

/** Refusals after which the message must be another one. */
const FINAL = new Set(["message_too_long", "message_refused", "payload_invalid", "attachment_unknown"]);

interface GroupProps {
  group: Group;
  /** The last of the visitor's messages carries its state; up to this one the shop has seen them. */
  lastOwnKey: string | null;
  isLastOwnSeen: boolean;
  onRetry: (clientId: string) => void;
  onEdit: (clientId: string) => void;
}

export const MessageGroup = memo(GroupView, isSameGroup);

function GroupView({ group, lastOwnKey, isLastOwnSeen, onRetry, onEdit }: GroupProps) {
  const session = useSession();
  if (group.author === "system") return <SystemLine entry={group.entries[0]!} />;
  const isOwn = group.author === "visitor";
  const last = group.entries.at(-1)!;
  return (
    <li class={isOwn ? "group group-own" : "group"}>
      {!isOwn && (
        <span class="avatar" aria-hidden="true">
          {initial(group.name ?? "")}
        </span>
      )}
      <div class="bubbles">
        <p class={isOwn ? "visually-hidden" : "author"} dir="auto">
          {isOwn ? _("You") : authorName(group)}
        </p>
        {group.entries.map((entry) => (
          <div key={entry.key} class="message" data-state={entry.unsent?.state ?? "stored"}>
            {entry.body.trim() && <Body text={entry.body} />}
            {entry.attachments.length > 0 && <Attached files={entry.attachments} shelf={session.files.shelf} />}
            {entry.unsent?.state === "failed" && <Failed entry={entry} onRetry={onRetry} onEdit={onEdit} />}
          </div>
        ))}
        <p class="mark">
          <time dateTime={last.at} title={formatDateTime(last.at)}>
            {formatTime(last.at)}
          </time>
          {isOwn && <OwnState entry={last} isLast={last.key === lastOwnKey} isSeen={isLastOwnSeen} />}
        </p>
      </div>
    </li>
  );
}

function Body({ text }: { text: string }) {
  return (
    <p class="bubble" dir="auto">
      {splitLinks(text).map(({ text: piece, href }) =>
        href ? (
          <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
            <Words text={piece} />
          </a>
        ) : (
          <Words text={piece} />
        ),
      )}
    </p>
  );
}

function Words({ text }: { text: string }) {
  return breakable(text).map((part, index) => [index > 0 && <wbr />, part]);
}

function OwnState({ entry, isLast, isSeen }: { entry: Entry; isLast: boolean; isSeen: boolean }) {
  if (entry.unsent?.state === "failed") return null;
  if (entry.unsent) return <span>{_("Sending …")}</span>;
  return isLast ? <span>{isSeen ? _("Seen") : _("Delivered")}</span> : null;
}

function Failed({ entry, onRetry, onEdit }: { entry: Entry } & Pick<GroupProps, "onRetry" | "onEdit">) {
  const reason = entry.unsent?.reason ?? null;
  const isFinal = FINAL.has(reason ?? "");
  return (
    <p class="failed">
      <span>{explainUnsent(reason)}</span>{" "}
      <button class="link-button" type="button" onClick={() => (isFinal ? onEdit(entry.key) : onRetry(entry.key))}>
        {isFinal ? _("Edit") : _("Try again")}
      </button>
    </p>
  );
}

function SystemLine({ entry }: { entry: Entry }) {
  return (
    <li class="system-line" dir="auto">
      {entry.body}
    </li>
  );
}

function authorName(group: Group): string {
  if (group.author !== "bot") return group.name ?? _("The shop");
  const name = group.name ?? _("Assistant");
  return _("{name} (automated answer)", { name });
}

/** Groups are made anew at every change; what they show decides, so that a long chat draws only its end again. */
function isSameGroup(before: GroupProps, after: GroupProps): boolean {
  const wasMarked = before.group.entries.some((entry) => entry.key === before.lastOwnKey);
  const isMarked = after.group.entries.some((entry) => entry.key === after.lastOwnKey);
  return (
    wasMarked === isMarked &&
    (!isMarked || before.isLastOwnSeen === after.isLastOwnSeen) &&
    before.group.entries.length === after.group.entries.length &&
    before.group.entries.every((entry, index) => isSameEntry(entry, after.group.entries[index]!))
  );
}

function isSameEntry(one: Entry, other: Entry): boolean {
  return one.key === other.key && one.seq === other.seq && one.unsent === other.unsent && one.at === other.at;
}

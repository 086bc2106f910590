// The visitor's own copy of the chat, as text for people and as JSON for programs.
import type { MessageView } from "@protocol";
import { spoken } from "../shared/files/words.ts";

export interface TranscriptWords {
  title: string;
  you: string;
  shop: string;
  at: (time: string) => string;
}

export function transcriptText(messages: readonly MessageView[], words: TranscriptWords): string {
  const lines = messages.map((one) => {
    const author = one.author_kind === "visitor" ? words.you : (one.author_name ?? words.shop);
    return `[${words.at(one.stored_at)}] ${author}: ${spoken(one)}`;
  });
  return `${[words.title, "", ...lines].join("\n")}\n`;
}

/** Who said what and when; without ids, which mean nothing outside. */
export function transcriptJson(shop: string, messages: readonly MessageView[]): string {
  const lines = messages.map(({ author_kind, author_name, body, attachments, stored_at }) => ({
    author: author_kind,
    name: author_name,
    at: stored_at,
    text: body,
    files: attachments.map(({ name }) => name),
  }));
  return `${JSON.stringify({ shop, messages: lines }, null, 2)}\n`;
}

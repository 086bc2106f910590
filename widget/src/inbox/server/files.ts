// The agents' files: what is chosen for each conversation, and what is shown of all of them.
import { discardFile, putFile, Shelf, type FileRoutes } from "../../shared/files/transfer.ts";
import { Uploads, type Upload } from "../../shared/files/uploads.ts";
import { Store } from "../../shared/store.ts";
import type { AttachmentView } from "./wire.ts";

export interface FilesState {
  /** By conversation; drafts of files last as long as the page. */
  uploads: Readonly<Record<string, readonly Upload[]>>;
  /** The picture that is shown large. */
  open: AttachmentView | null;
}

function routesOf(conversationId: string): FileRoutes {
  const place = `/inbox/conversations/${encodeURIComponent(conversationId)}/attachments`;
  return {
    upload: () => place,
    unsent: (id) => `${place}/${encodeURIComponent(id)}`,
    file: (id) => `/inbox/attachments/${encodeURIComponent(id)}`,
    headers: () => ({}),
    credentials: "same-origin",
  };
}

export class DeskFiles {
  readonly store = new Store<FilesState>({ uploads: {}, open: null });
  readonly shelf = new Shelf(routesOf(""));
  readonly #byConversation = new Map<string, Uploads>();
  readonly #maxBytes: (conversationId: string) => number;

  /** `maxBytes`: how large a file may be in a conversation, 0 where its site takes none. */
  constructor(maxBytes: (conversationId: string) => number) {
    this.#maxBytes = maxBytes;
  }

  takes(conversationId: string): boolean {
    return this.#maxBytes(conversationId) > 0;
  }

  of(conversationId: string): Uploads {
    const known = this.#byConversation.get(conversationId);
    if (known) return known;
    const routes = routesOf(conversationId);
    const uploads = new Uploads({
      put: (file, clientId, progress, signal) => putFile(routes, file, clientId, progress, signal),
      discard: (file) => discardFile(routes, file),
      uploaded: this.shelf.keep,
      changed: (all) => this.store.update({ uploads: { ...this.store.state.uploads, [conversationId]: all } }),
      maxBytes: () => this.#maxBytes(conversationId),
    });
    this.#byConversation.set(conversationId, uploads);
    return uploads;
  }

  show = (file: AttachmentView | null): void => this.store.update({ open: file });

  /** Forget everything: the agent signed out, or the chat was erased. */
  clear(): void {
    for (const uploads of this.#byConversation.values()) uploads.clear();
    this.#byConversation.clear();
    this.shelf.clear();
    this.store.update({ uploads: {}, open: null });
  }
}

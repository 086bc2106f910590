// Files on their way to the server: one after the other, each with its progress, its end, and a way to try again.
import type { AttachmentView } from "@protocol";
import { newClientId } from "../ids.ts";
import { Refused } from "../refusals.ts";
import { type FileRefusal, isWorthRetrying } from "./words.ts";

const IMAGE_TYPES = ["image/jpeg", "image/png", "image/webp", "image/gif"];
export const ACCEPTED = [...IMAGE_TYPES, "application/pdf"].join(",");
/** As many as one message carries. */
export const FILES_AT_MOST = 10;

export interface Upload {
  /** Stays the same in every try, so that the server stores the file once. */
  client_id: string;
  name: string;
  size: number;
  /** The picture as it lies on this device, for the eye only; null for documents. */
  preview: string | null;
  state: "waiting" | "uploading" | "done" | "failed";
  /** How much has gone out: 0 to 1. */
  sent: number;
  refusal: FileRefusal;
  attachment: AttachmentView | null;
}

export interface UploadParts {
  put: (file: File, clientId: string, progress: (sent: number) => void, signal: AbortSignal) => Promise<AttachmentView>;
  /** Delete on the server what was uploaded and will not be sent. */
  discard: (attachment: AttachmentView) => void;
  /** Told where the picture of an uploaded file lies, so that it need not be fetched. */
  uploaded: (attachment: AttachmentView, preview: string) => void;
  changed: (uploads: Upload[]) => void;
  /** How large a file may be. */
  maxBytes: () => number;
}

export class Uploads {
  readonly #parts: UploadParts;
  readonly #files = new Map<string, File>();
  #all: Upload[] = [];
  #current: { clientId: string; abort: AbortController } | null = null;

  constructor(parts: UploadParts) {
    this.#parts = parts;
  }

  get all(): readonly Upload[] {
    return this.#all;
  }

  /** Something is still going out: a message would leave without it. */
  get isBusy(): boolean {
    return this.#all.some((one) => one.state === "waiting" || one.state === "uploading");
  }

  add(files: Iterable<File>): void {
    const room = FILES_AT_MOST - this.#all.length;
    this.#set([...this.#all, ...[...files].slice(0, Math.max(0, room)).map((file) => this.#begun(file))]);
    void this.#next();
  }

  retry(clientId: string): void {
    this.#change(clientId, { state: "waiting", sent: 0, refusal: null });
    void this.#next();
  }

  /** Stop an upload, or take back what was uploaded. */
  cancel(clientId: string): void {
    const one = this.#all.find((other) => other.client_id === clientId);
    if (this.#current?.clientId === clientId) this.#current.abort.abort();
    if (one?.attachment) this.#parts.discard(one.attachment);
    else if (one?.preview) URL.revokeObjectURL(one.preview);
    this.#drop([clientId]);
  }

  /** Hand over what is uploaded, for a message; what was refused for good goes, what broke off can be tried again. */
  take(): AttachmentView[] {
    const done = this.#all.filter((one) => one.attachment !== null);
    const refused = this.#all.filter((one) => one.state === "failed" && !isWorthRetrying(one.refusal));
    for (const one of refused) if (one.preview) URL.revokeObjectURL(one.preview);
    this.#drop([...done, ...refused].map((one) => one.client_id));
    return done.map((one) => one.attachment!);
  }

  /** What a message that cannot be sent carried. */
  putBack(attachments: readonly AttachmentView[], pictureOf: (attachment: AttachmentView) => string | null): void {
    const back = attachments.map((attachment): Upload => ({
      client_id: newClientId(),
      name: attachment.name,
      size: attachment.size_bytes,
      preview: pictureOf(attachment),
      state: "done",
      sent: 1,
      refusal: null,
      attachment,
    }));
    this.#set([...back, ...this.#all]);
  }

  /** Stop everything and forget it: the chat is over. */
  clear(): void {
    this.#current?.abort.abort();
    for (const one of this.#all) if (one.preview && !one.attachment) URL.revokeObjectURL(one.preview);
    this.#drop(this.#all.map((one) => one.client_id));
  }

  #begun(file: File): Upload {
    const limit = this.#parts.maxBytes();
    const clientId = newClientId();
    const isTooLarge = file.size > limit;
    if (!isTooLarge) this.#files.set(clientId, file);
    return {
      client_id: clientId,
      name: file.name,
      size: file.size,
      preview: IMAGE_TYPES.includes(file.type) ? URL.createObjectURL(file) : null,
      state: isTooLarge ? "failed" : "waiting",
      sent: 0,
      refusal: isTooLarge ? { code: "attachment_too_large", detail: { limit_bytes: limit } } : null,
      attachment: null,
    };
  }

  async #next(): Promise<void> {
    const one = this.#all.find((other) => other.state === "waiting");
    const file = one && this.#files.get(one.client_id);
    if (this.#current || !one || !file) return;
    const clientId = one.client_id;
    const abort = new AbortController();
    this.#current = { clientId, abort };
    this.#change(clientId, { state: "uploading", sent: 0 });
    try {
      const attachment = await this.#parts.put(file, clientId, (sent) => this.#change(clientId, { sent }), abort.signal);
      this.#arrived(clientId, attachment, one.preview);
    } catch (error) {
      const refusal = error instanceof Refused ? { code: error.code, detail: error.detail } : null;
      this.#change(clientId, { state: "failed", refusal });
    } finally {
      this.#current = null;
      void this.#next();
    }
  }

  #arrived(clientId: string, attachment: AttachmentView, preview: string | null): void {
    // Taken back while its answer was on the way.
    if (!this.#all.some((one) => one.client_id === clientId)) return this.#parts.discard(attachment);
    if (preview && attachment.width !== null) this.#parts.uploaded(attachment, preview);
    this.#change(clientId, { state: "done", sent: 1, attachment });
  }

  #change(clientId: string, change: Partial<Upload>): void {
    this.#set(this.#all.map((one) => (one.client_id === clientId ? { ...one, ...change } : one)));
  }

  #drop(clientIds: readonly string[]): void {
    for (const id of clientIds) this.#files.delete(id);
    this.#set(this.#all.filter((one) => !clientIds.includes(one.client_id)));
  }

  #set(all: Upload[]): void {
    this.#all = all;
    this.#parts.changed(all);
  }
}

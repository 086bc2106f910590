// Files over HTTP: up with progress, down into this page's memory. No token is ever part of an address.
import type { AttachmentAnswer, AttachmentView } from "@protocol";
import { NoAnswer, Refused } from "../refusals.ts";
import { ACCEPTED } from "./uploads.ts";

/** Nothing moved for so long: the line is gone, whatever the browser believes. */
const STALLED_MS = 60_000;

export interface FileRoutes {
  upload: () => string;
  unsent: (id: string) => string;
  file: (id: string) => string;
  headers: () => Record<string, string>;
  /** Visitors send no cookie; agents are known by theirs. */
  credentials: RequestCredentials;
}

/** Upload a file. `fetch` could not tell how much has gone out. */
export function putFile(
  routes: FileRoutes,
  file: File,
  clientId: string,
  progress: (sent: number) => void,
  signal: AbortSignal,
): Promise<AttachmentView> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stalled: ReturnType<typeof setTimeout> | undefined;
    const moved = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED_MS);
    };
    request.open("POST", routes.upload());
    const headers = { ...routes.headers(), "X-Client-Id": clientId, "X-File-Name": encodeURIComponent(wellFormed(file.name)) };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => {
      moved();
      progress(event.total > 0 ? event.loaded / event.total : 0);
    };
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status < 400 && answer?.attachment) resolve(answer.attachment);
      else reject(answer?.code ? new Refused(answer.code, answer.params) : new NoAnswer());
    };
    request.onerror = request.onabort = () => reject(new NoAnswer());
    request.onloadend = () => clearTimeout(stalled);
    signal.addEventListener("abort", () => request.abort());
    moved();
    request.send(file);
  });
}

/** Half a character in a name would stop `encodeURIComponent`. */
function wellFormed(name: string): string {
  return name.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "");
}

function parsed(text: string): (Partial<AttachmentAnswer> & { code?: string; params?: Record<string, unknown> }) | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Delete on the server what was uploaded and will not be sent. When this fails, it does so by itself after a while. */
export function discardFile(routes: FileRoutes, attachment: AttachmentView): void {
  void fetch(routes.unsent(attachment.id), request(routes, "DELETE")).catch(() => {});
}

function request({ headers, credentials }: FileRoutes, method: string): RequestInit {
  return { method, headers: headers(), credentials, referrerPolicy: "no-referrer" };
}

/** The files of the chats on the screen, each fetched once. */
export class Shelf {
  readonly #routes: FileRoutes;
  readonly #urls = new Map<string, string>();

  constructor(routes: FileRoutes) {
    this.#routes = routes;
  }

  /** Where a file lies in this page's memory, or null before it was fetched. */
  known(attachment: AttachmentView): string | null {
    return this.#urls.get(attachment.id) ?? null;
  }

  /** What was chosen here is shown from here. */
  keep = (attachment: AttachmentView, url: string): void => {
    this.#urls.set(attachment.id, url);
  };

  async fetch(attachment: AttachmentView): Promise<string> {
    const known = this.known(attachment);
    if (known) return known;
    const response = await fetch(this.#routes.file(attachment.id), request(this.#routes, "GET"));
    if (!response.ok) throw new NoAnswer();
    // Opened in a tab, the address has our origin: only a type that runs nothing may stand behind it.
    const type = ACCEPTED.split(",").includes(attachment.media_type) ? attachment.media_type : "application/octet-stream";
    const url = URL.createObjectURL(new Blob([await response.arrayBuffer()], { type }));
    this.keep(attachment, url);
    return url;
  }

  async save(attachment: AttachmentView): Promise<void> {
    const link = document.createElement("a");
    link.href = await this.fetch(attachment);
    link.download = attachment.name;
    link.click();
  }

  clear(): void {
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
  }
}

// The visitor's files: chosen here, uploaded with the session's token in a header, shown from this page's memory.
import { discardFile, putFile, Shelf, type FileRoutes } from "../shared/files/transfer.ts";
import { Uploads } from "../shared/files/uploads.ts";
import type { Store } from "../shared/store.ts";
import type { ChatState } from "./state.ts";

export interface VisitorFiles {
  uploads: Uploads;
  shelf: Shelf;
}

export function visitorFiles(store: Store<ChatState>, token: () => string | null): VisitorFiles {
  const place = () => `/v1/conversations/${encodeURIComponent(store.state.conversation?.id ?? "")}/attachments`;
  const of = (id: string) => `${place()}/${encodeURIComponent(id)}`;
  const routes: FileRoutes = {
    upload: place,
    unsent: of,
    file: of,
    headers: () => ({ Authorization: `Bearer ${token() ?? ""}` }),
    credentials: "omit",
  };
  const shelf = new Shelf(routes);
  const uploads = new Uploads({
    put: (file, clientId, progress, signal) => putFile(routes, file, clientId, progress, signal),
    discard: (file) => discardFile(routes, file),
    uploaded: shelf.keep,
    changed: (all) => store.update({ uploads: all }),
    maxBytes: () => store.state.site?.attachment_max_bytes ?? 0,
  });
  return { uploads, shelf };
}

// Choosing files and following them until they are sent: a button, a drop, a paste, and one line for each.
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../icon.tsx";
import { _, formatSize } from "../i18n.ts";
import { fileIcon, paperclipIcon, refreshIcon, xIcon } from "../icons.ts";
import { ACCEPTED, type Upload } from "./uploads.ts";
import { explainFile, isWorthRetrying } from "./words.ts";

export function FilePicker({ onFiles }: { onFiles: (files: Iterable<File>) => void }) {
  return (
    <label class="file-picker" title={_("Attach an image or a PDF")}>
      <input
        class="visually-hidden"
        type="file"
        multiple
        accept={ACCEPTED}
        aria-label={_("Attach an image or a PDF")}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          // The same file again is a choice too.
          event.currentTarget.value = "";
        }}
      />
      <Icon path={paperclipIcon} size={18} />
    </label>
  );
}

/** Files of a paste; none when it is text that merely has a picture of itself along. */
export function pastedFiles(event: ClipboardEvent): File[] {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length === 0 || event.clipboardData?.getData("text/plain")) return [];
  event.preventDefault();
  return files;
}

/** Let files be dropped on an element. */
export function useFileDrop(onFiles: (files: Iterable<File>) => void, isOn: boolean) {
  const [isOver, setIsOver] = useState(false);
  const hasFiles = (event: DragEvent) => isOn && (event.dataTransfer?.types.includes("Files") ?? false);
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(true);
    },
    onDragLeave: (event: DragEvent) => {
      const to = event.relatedTarget;
      if (!(to instanceof Node) || !(event.currentTarget as Node).contains(to)) setIsOver(false);
    },
    onDrop: (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(false);
      onFiles([...(event.dataTransfer?.files ?? [])]);
    },
  };
  return { isOver, handlers };
}

export function DropHint() {
  return (
    <div class="drop-hint" aria-hidden="true">
      {_("Drop images or PDF files here")}
    </div>
  );
}

interface TrayProps {
  uploads: readonly Upload[];
  onCancel: (clientId: string) => void;
  onRetry: (clientId: string) => void;
}

export function Tray({ uploads, onCancel, onRetry }: TrayProps) {
  const failed = uploads.filter((one) => one.state === "failed");
  return (
    <div class="tray-place">
      {uploads.length > 0 && (
        <ul class="tray" aria-label={_("Files for the next message")}>
          {uploads.map((one) => (
            <TrayLine key={one.client_id} upload={one} onCancel={onCancel} onRetry={onRetry} />
          ))}
        </ul>
      )}
      <p class="visually-hidden" role="status">
        {failed.map((one) => `${one.name}: ${explainFile(one.refusal)}`).join(" ")}
      </p>
    </div>
  );
}

function TrayLine({ upload, onCancel, onRetry }: { upload: Upload } & Omit<TrayProps, "uploads">) {
  const { client_id, name, preview, state, refusal } = upload;
  const line = useRef<HTMLLIElement>(null);
  // What only calls itself a picture has none.
  const [hasPicture, setHasPicture] = useState(preview !== null);
  useEffect(() => {
    if (state === "failed") line.current?.scrollIntoView({ block: "nearest" });
  }, [state]);
  return (
    <li ref={line} class="tray-line" data-state={state}>
      {preview && hasPicture ? (
        <img class="tray-picture" src={preview} aria-hidden="true" onError={() => setHasPicture(false)} />
      ) : (
        <Icon path={fileIcon} size={20} />
      )}
      <span class="tray-words">
        <bdi class="tray-name">{name}</bdi>
        {state === "failed" ? (
          <span class="tray-problem">{explainFile(refusal)}</span>
        ) : state === "done" ? (
          <span class="tray-size">{formatSize(upload.size)}</span>
        ) : (
          <progress class="tray-progress" max={1} value={upload.sent} aria-label={_("Uploading {name}", { name })} />
        )}
      </span>
      {state === "failed" && isWorthRetrying(refusal) && (
        <button class="tray-button" type="button" aria-label={_("Try {name} again", { name })} onClick={() => onRetry(client_id)}>
          <Icon path={refreshIcon} size={16} />
        </button>
      )}
      <button class="tray-button" type="button" aria-label={_("Remove {name}", { name })} onClick={() => onCancel(client_id)}>
        <Icon path={xIcon} size={16} />
      </button>
    </li>
  );
}

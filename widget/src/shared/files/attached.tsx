// The files of a message: pictures as pictures, documents as a line with name and size.
import type { AttachmentView } from "@protocol";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../icon.tsx";
import { _, formatSize } from "../i18n.ts";
import { fileIcon } from "../icons.ts";
import type { Shelf } from "./transfer.ts";

interface AttachedProps {
  files: readonly AttachmentView[];
  shelf: Shelf;
  /** Show a picture larger in this page; without it, it opens in a tab of its own. */
  onOpen?: (file: AttachmentView) => void;
}

export function Attached({ files, shelf, onOpen }: AttachedProps) {
  return (
    <ul class="attached">
      {files.map((file) => (
        <li key={file.id}>
          {file.width === null ? (
            <Document file={file} shelf={shelf} />
          ) : (
            <Picture file={file} shelf={shelf} onOpen={onOpen} />
          )}
        </li>
      ))}
    </ul>
  );
}

function Picture({ file, shelf, onOpen }: { file: AttachmentView } & Omit<AttachedProps, "files">) {
  const [url, setUrl] = useState(shelf.known(file));
  const [isLost, setIsLost] = useState(false);
  const load = () => {
    setIsLost(false);
    shelf.fetch(file).then(setUrl, () => setIsLost(true));
  };
  useEffect(() => {
    if (!url) load();
  }, [file.id]);
  // The place is there before the picture is: nothing jumps.
  const shape = { style: { aspectRatio: `${file.width} / ${file.height}`, width: `min(100%, ${file.width}px)` } };
  if (isLost) {
    return (
      <button class="picture picture-lost" type="button" onClick={load}>
        {_("{name} was not loaded. Try again", { name: file.name })}
      </button>
    );
  }
  if (!url) return <span class="picture" {...shape} role="img" aria-label={file.name} aria-busy="true" />;
  const image = <img src={url} alt={file.name} width={file.width!} height={file.height!} />;
  if (onOpen) {
    return (
      <button class="picture" type="button" aria-haspopup="dialog" title={file.name} {...shape} onClick={() => onOpen(file)}>
        {image}
      </button>
    );
  }
  return (
    <a class="picture" href={url} target="_blank" rel="noopener noreferrer" title={file.name} {...shape}>
      {image}
    </a>
  );
}

function Document({ file, shelf }: { file: AttachmentView; shelf: Shelf }) {
  const [state, setState] = useState<"" | "busy" | "lost">("");
  const save = () => {
    setState("busy");
    shelf.save(file).then(() => setState(""), () => setState("lost"));
  };
  return (
    <button class="document" type="button" aria-busy={state === "busy"} title={_("Save {name}", { name: file.name })} onClick={save}>
      <Icon path={fileIcon} size={20} />
      <span class="document-words">
        <bdi class="document-name">{file.name}</bdi>
        <span class="document-size" role="status">
          {state === "lost" ? _("Not loaded. Try again") : formatSize(file.size_bytes)}
        </span>
      </span>
    </button>
  );
}

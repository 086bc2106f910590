// A picture of a chat, large, over everything else; Escape and a click beside it lead back.

import { useEffect, useRef } from "preact/hooks";
import { _, formatSize } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { downloadIcon, xIcon } from "../../shared/icons.ts";
import { useStore } from "../../shared/use_store.ts";
import { useDesk } from "./desk.tsx";

export function PictureDialog() {
  const { files } = useDesk();
  const { open } = useStore(files.store);
  const dialog = useRef<HTMLDialogElement>(null);
  const close = () => files.show(null);
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
  }, [open]);
  if (open === null) return null;
  const onBackdrop = (event: MouseEvent) => {
    if (event.target === dialog.current) close();
  };
  return (
    <dialog ref={dialog} class="picture-dialog" aria-labelledby="picture-name" onClose={close} onClick={onBackdrop}>
      <header class="picture-head">
        <h2 id="picture-name">
          <bdi>{open.name}</bdi>
        </h2>
        <span class="picture-facts">{`${open.width} × ${open.height} · ${formatSize(open.size_bytes)}`}</span>
        <button class="icon-button" type="button" aria-label={_("Save {name}", { name: open.name })} onClick={() => void files.shelf.save(open)}>
          <Icon path={downloadIcon} />
        </button>
        <button class="icon-button" type="button" aria-label={_("Close the picture")} onClick={close}>
          <Icon path={xIcon} />
        </button>
      </header>
      <img src={files.shelf.known(open) ?? undefined} alt={open.name} />
    </dialog>
  );
}

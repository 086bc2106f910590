// The overlay with the shortcuts.

import { useEffect, useRef } from "preact/hooks";
import { _ } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { xIcon } from "../../shared/icons.ts";
import { SHORTCUTS } from "../shortcuts.ts";
import { commandName, keyName } from "../words.ts";
import { useDesk, useSelect } from "./desk.tsx";

export function Help() {
  const { store } = useDesk();
  const open = useSelect((state) => state.help);
  const dialog = useRef<HTMLDialogElement>(null);
  const close = () => store.dispatch({ type: "help_set", open: false });
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open && dialog.current?.open) dialog.current.close();
  }, [open]);
  const onBackdrop = (event: MouseEvent) => {
    if (event.target === dialog.current) close();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "?") close();
  };
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={close} onClick={onBackdrop} onKeyDown={onKey}>
      <div class="help-body">
        <header class="help-head">
          <h2 id="help-title">{_("Keyboard")}</h2>
          <button class="icon-button" type="button" aria-label={_("Close this list")} onClick={close}>
            <Icon path={xIcon} />
          </button>
        </header>
        <dl class="help-list">
          {SHORTCUTS.map(({ command, keys }) => (
            <div key={command}>
              <dt>{commandName(command)}</dt>
              <dd>
                {keys.map((key) => (
                  <kbd key={key}>{keyName(key)}</kbd>
                ))}
              </dd>
            </div>
          ))}
        </dl>
        <p class="help-note">{_("In a reply, Enter sends and Shift+Enter starts a new line.")}</p>
      </div>
    </dialog>
  );
}

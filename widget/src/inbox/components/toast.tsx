// What was just done, with its way back: "undo" in place of "are you sure".

import { useEffect } from "preact/hooks";
import { _ } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { checkIcon, messageIcon, xIcon } from "../../shared/icons.ts";
import { useDesk, useSelect } from "./desk.tsx";

const STAYS_MILLISECONDS = 8000;

export function ToastLine() {
  const desk = useDesk();
  const { store } = desk;
  const toast = useSelect((state) => state.toast);
  const close = () => store.dispatch({ type: "toasted", toast: null });
  useEffect(() => {
    if (toast === null) return undefined;
    const timer = setTimeout(close, STAYS_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <div class="toast-place" role="status">
      {toast !== null && (
        <p class="toast" key={toast.id}>
          <Icon path={toast.chat === undefined ? checkIcon : messageIcon} size={16} />
          <span>{toast.words}</span>
          {toast.chat !== undefined && (
            <button
              class="button button-small"
              type="button"
              onClick={() => {
                close();
                desk.select(toast.chat ?? null);
              }}
            >
              {_("Open it")}
            </button>
          )}
          {toast.undo !== null && (
            <button
              class="button button-small"
              type="button"
              aria-keyshortcuts="z"
              onClick={() => {
                close();
                toast.undo?.();
              }}
            >
              {_("Undo")}
            </button>
          )}
          <button class="icon-button" type="button" aria-label={_("Dismiss")} onClick={close}>
            <Icon path={xIcon} size={16} />
          </button>
        </p>
      )}
    </div>
  );
}

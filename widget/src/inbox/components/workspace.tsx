// The three panes, the banner of a lost connection, and the keyboard.

import { _ } from "../../shared/i18n.ts";
import { Icon } from "../../shared/icon.tsx";
import { alertCircleIcon, wifiOffIcon, xIcon } from "../../shared/icons.ts";
import { refusalWords } from "../words.ts";
import { ClosingLine } from "./conversation/closing.tsx";
import { ContextPane } from "./context/context_pane.tsx";
import { ConversationPane } from "./conversation/conversation_pane.tsx";
import { useDesk, useSelect } from "./desk.tsx";
import { Help } from "./help.tsx";
import { PictureDialog } from "./picture_dialog.tsx";
import { useKeyboard } from "./keyboard.ts";
import { ListPane } from "./list/list_pane.tsx";
import { Pages } from "./pages/pages.tsx";
import { Palette } from "./palette.tsx";
import { Rail } from "./rail.tsx";
import { ToastLine } from "./toast.tsx";

function Banner() {
  const offline = useSelect((state) => state.link === "offline");
  return (
    <div class="banner-place" role="status">
      {offline && (
        <p class="line-notice">
          <Icon path={wifiOffIcon} size={16} />
          {_("No connection. What you write is kept and sent when it is back.")}
        </p>
      )}
    </div>
  );
}

function RemarkLine() {
  const { store } = useDesk();
  const remark = useSelect((state) => state.remark);
  return (
    <div class="remark-place" role="alert">
      {remark !== null && (
        <p class="remark">
          <Icon path={alertCircleIcon} size={16} />
          <span>{refusalWords(remark.code, remark.retry_after_seconds)}</span>
          <button
            class="icon-button"
            type="button"
            aria-label={_("Dismiss")}
            onClick={() => store.dispatch({ type: "remark_read" })}
          >
            <Icon path={xIcon} size={16} />
          </button>
        </p>
      )}
    </div>
  );
}

export function Workspace() {
  const { store } = useDesk();
  const selected = useSelect((state) => state.selected);
  const page = useSelect((state) => state.page);
  const drawer = useSelect((state) => state.drawer);
  useKeyboard();
  return (
    <main class="desk" data-page={page} data-pane={selected === null ? "list" : "conversation"} data-drawer={drawer ? "open" : undefined}>
      {/* One heading and one main part on every width, also where a phone shows a single pane. */}
      <h1 class="visually-hidden">{_("Inbox")}</h1>
      <Banner />
      <Rail />
      {page === "chats" ? (
        <>
          <ListPane />
          <ConversationPane key={selected ?? ""} />
          {drawer && <div class="drawer-scrim" onClick={() => store.dispatch({ type: "drawer_set", open: false })} />}
          <ContextPane />
        </>
      ) : (
        <Pages page={page} />
      )}
      <div class="told-place">
        <RemarkLine />
        <ClosingLine />
        <ToastLine />
      </div>
      <Help />
      <PictureDialog />
      <Palette />
    </main>
  );
}

// The panel: header, the view of the moment, focus kept inside, Escape closes.
import { useEffect, useRef } from "preact/hooks";
import { useStore } from "../../shared/use_store.ts";
import { useSession } from "../context.ts";
import { focusQuietly, trapFocus } from "../focus.ts";
import { ChatView } from "./chat_view.tsx";
import { ClosedView } from "./closed_view.tsx";
import { Header } from "./header.tsx";
import { NoticeView } from "./notice_view.tsx";
import { ProblemView, RefusedView, StartingView, WithdrawnView } from "./plain_views.tsx";
import { PrivacyView } from "./privacy_view.tsx";

export function App({ onClose }: { onClose: (() => void) | null }) {
  const session = useSession();
  const { view, isEmbedded } = useStore(session.store);
  const panel = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (view === "notice") focusQuietly(panel.current);
    session.seen();
  }, [view]);
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      if (view === "privacy") session.show("chat");
      else onClose?.();
    }
    if (event.key === "Tab" && isEmbedded && panel.current) trapFocus(panel.current, event);
  };
  return (
    <div ref={panel} class={isEmbedded ? "panel" : "panel panel-page"} tabIndex={-1} onKeyDown={pressed}>
      <Header onClose={onClose} />
      <main class="view">
        <View />
      </main>
    </div>
  );
}

function View() {
  const { view, notice, problem } = useStore(useSession().store);
  if (view === "notice" && notice) return <NoticeView key={notice.display_token} answer={notice} />;
  if (view === "chat") return <ChatView />;
  if (view === "privacy") return <PrivacyView />;
  if (view === "refused") return <RefusedView />;
  if (view === "withdrawn") return <WithdrawnView />;
  if (view === "closed") return <ClosedView />;
  if (view === "problem") return <ProblemView code={problem ?? "no_answer"} />;
  return <StartingView />;
}

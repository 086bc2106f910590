// The agents' inbox: entry point.

import { render } from "preact";
import "../shared/tokens.css";
import "../shared/dom.css";
import "../shared/files/files.css";
import "../shared/talk.css";
import "./styles/desk.css";
import "./styles/rail.css";
import "./styles/list.css";
import "./styles/rows.css";
import "./styles/marks.css";
import "./styles/views.css";
import "./styles/conversation.css";
import "./styles/context.css";
import "./styles/work.css";
import "./styles/pages.css";
import "./styles/table.css";
import "./styles/training.css";
import "./styles/privacy.css";
import "./styles/files.css";
import "./styles/touch.css";
import "./styles/forced.css";
import { loadLocale } from "../shared/i18n.ts";
import { App } from "./components/app.tsx";
import { DeskProvider } from "./components/desk.tsx";
import { Desk } from "./desk.ts";
import { followSeenHeight } from "./seen_height.ts";

followSeenHeight(window.visualViewport, window);
await loadLocale(navigator.languages);
const desk = new Desk();
render(
  <DeskProvider value={desk}>
    <App />
  </DeskProvider>,
  document.getElementById("chatgate") ?? document.body,
);
void desk.start();

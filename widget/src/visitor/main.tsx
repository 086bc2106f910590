// The visitor's widget: entry point of the frame.
import type { SiteView } from "@protocol";
import { render } from "preact";
import "../shared/tokens.css";
import "../shared/dom.css";
import "../shared/files/files.css";
import "../shared/talk.css";
import "./styles/visitor.css";
import "./styles/chat.css";
import "./styles/privacy.css";
import "./styles/questions.css";
import { applyAccent } from "../shared/accent.ts";
import { Connection } from "../shared/connection.ts";
import { currentLocale, loadLocale } from "../shared/i18n.ts";
import { App } from "./components/app.tsx";
import { SessionProvider } from "./context.ts";
import { Device, openStorage } from "./device.ts";
import { consentRequests, exerciseRight, fetchNotice } from "./http.ts";
import type { VisitorTraffic } from "./protocol.ts";
import { VisitorSession } from "./session.ts";
import { Shop } from "./shop.ts";

interface PageConfig {
  site: SiteView | null;
  build: string;
}

const config = JSON.parse(document.getElementById("chatgate-config")?.textContent ?? "{}") as PageConfig;
const query = new URLSearchParams(location.search);
const siteId = config.site?.id ?? location.pathname.split("/").at(-1) ?? "";

if (config.site) applyAccent(document.documentElement, config.site.accent);
const isReady = loadLocale([query.get("locale") ?? "", ...navigator.languages, config.site?.default_locale ?? ""].filter(Boolean));

const shop = new Shop(query.get("parent"), (message) => {
  if (message.chatgate === "identity") session.about.identity(message.value);
  else if (message.chatgate === "context") session.about.context(message.value);
  session.heard();
});
const session = new VisitorSession({
  site: config.site ?? null,
  siteId,
  build: config.build,
  locale: currentLocale,
  device: new Device(siteId, openStorage()),
  shop,
  connect: (options) => new Connection<VisitorTraffic>("/visitor", options),
  fetchNotice,
  consentRequests,
  exercise: exerciseRight,
});

// The notice and the catalog are on their way at the same time.
void session.start();
await isReady;
render(
  <SessionProvider value={session}>
    <App onClose={shop.isEmbedded ? () => shop.tell({ chatgate: "close" }) : null} />
  </SessionProvider>,
  document.getElementById("app") ?? document.body,
);
document.addEventListener("visibilitychange", () => session.seen());
shop.tell({ chatgate: "ready" });

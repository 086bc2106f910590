// What a shop page loads: a button in a shadow root. The frame, and with it every request, comes with the click.
import { messageIcon, xIcon } from "../shared/icons.ts";
import type { FromFrame, FromShop } from "../visitor/shop.ts";
import css from "./loader.css";
import type { ChatGate, ChatGateEvent, Handler, LoaderSite } from "./types.ts";

// The server writes the site's data here, once, so that no second request is needed.
declare const __CHATGATE_SITE__: LoaderSite;

const site = __CHATGATE_SITE__;
const origin = new URL(site.base_url).origin;
const FLAG = "chatgate:open";
const OPEN = "1";
const MINIMISED = "0";
const SVG = "http://www.w3.org/2000/svg";

const locale = document.documentElement.lang || navigator.language || site.default_locale;
const words = pick(site.labels) ?? { open: "Open chat", close: "Close chat", dismiss: "Hide" };
const handlers: Record<string, Handler[]> = {};

const isLeft = site.position === "left";

const host = document.createElement("div");
const root = host.attachShadow({ mode: "open" });
const button = make("button", "b");
const badge = make("span", "n");
let frame: HTMLIFrameElement | undefined;
let greeting: HTMLElement | undefined;
let isOpen = false;
let isActive = false;
let isReady = false;
let banner: Parameters<ChatGate["consentBanner"]>[0] | undefined;
/** What the page said of the visitor: in memory, and told to the frame only. */
const said: FromShop[] = [];

function make<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, name?: string): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (name) element.className = name;
  return element;
}

/** The text of the page's language, of the same language elsewhere, of the shop's own, or any. */
function pick<T>(texts: Record<string, T> | undefined): T | undefined {
  const wished = [locale, locale.split("-")[0]!, site.default_locale];
  return wished.map((tag) => texts?.[tag]).find(Boolean) ?? Object.values(texts ?? {})[0];
}

function icon(path: string, size: number): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const line = svg.appendChild(document.createElementNS(SVG, "path"));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("width", `${size}`);
  svg.ariaHidden = "true";
  line.setAttribute("d", path);
  return svg;
}

/** One flag for this tab of the shop, without an id: written only while a session is there. */
function remember(): void {
  try {
    if (isActive) sessionStorage.setItem(FLAG, isOpen ? OPEN : MINIMISED);
    else sessionStorage.removeItem(FLAG);
  } catch {
    // Blocked storage: the chat does not follow to the next page, and nothing else changes.
  }
}

function remembered(): string | null {
  try {
    return sessionStorage.getItem(FLAG);
  } catch {
    return null;
  }
}

function tell(message: FromShop): void {
  if (isReady) frame!.contentWindow?.postMessage(message, origin);
}

function say(chatgate: "identity" | "context", value: unknown): void {
  said.push({ chatgate, value });
  tell(said.at(-1)!);
}

/** A shop's own banner is asked at the click, before the frame exists, and only once. */
async function ask(): Promise<void> {
  if (frame || !banner || (await banner())) show(true);
}

function fire(name: ChatGateEvent, detail?: unknown): void {
  for (const handler of handlers[name] ?? []) handler(detail);
}

function drawButton(): void {
  button.ariaLabel = isOpen ? words.close : words.open;
  button.ariaExpanded = `${isOpen}`;
  button.replaceChildren(icon(isOpen ? xIcon : messageIcon, 26), badge);
}

function makeFrame(): void {
  frame = make("iframe");
  const query = new URLSearchParams({ locale, parent: location.origin });
  frame.src = `${site.base_url}/widget/${encodeURIComponent(site.id)}?${query}`;
  frame.title = site.name;
  frame.referrerPolicy = "no-referrer";
  frame.hidden = true;
  if (isLeft) Object.assign(frame.style, { left: "0", right: "auto" });
  root.prepend(frame);
}

function show(open: boolean, takesFocus = true): void {
  if (open && !frame) makeFrame();
  if (open === isOpen) return;
  isOpen = open;
  host.toggleAttribute("data-open", open);
  frame!.hidden = !open;
  greeting?.remove();
  drawButton();
  fitPhone();
  remember();
  tell({ chatgate: open ? "shown" : "hidden" });
  if (takesFocus) (open ? frame! : button).focus();
  fire(open ? "open" : "close");
}

/** On a phone the panel is what the on-screen keyboard leaves, and the page behind it does not scroll. */
function fitPhone(): void {
  const view = window.visualViewport;
  const isPhone = isOpen && innerWidth < 480;
  if (frame && view) {
    frame.style.height = isPhone ? `${view.height}px` : "";
    frame.style.top = isPhone ? `${view.offsetTop}px` : "";
  }
  document.documentElement.style.overflow = isPhone ? "hidden" : "";
}

function heard(event: MessageEvent): void {
  if (event.origin !== origin || !frame || event.source !== frame.contentWindow) return;
  const message = event.data as FromFrame;
  if (message.chatgate === "ready") {
    isReady = true;
    tell({ chatgate: "page", path: location.pathname });
    said.forEach(tell);
    tell({ chatgate: isOpen ? "shown" : "hidden" });
  } else if (message.chatgate === "close") {
    show(false);
  } else if (message.chatgate === "session") {
    if (isActive !== message.active) fire(message.active ? "session_opened" : "session_closed");
    isActive = message.active;
    remember();
  } else if (message.chatgate === "unread") {
    badge.textContent = message.count > 99 ? "99+" : `${message.count}`;
    badge.hidden = message.count === 0 || isOpen;
    fire("unread", message.count);
  }
}

/** The first rule for this path, after its time; else the greeting for every page. Nothing is asked or kept. */
function planGreeting(): void {
  const rule = site.greeting_rules.find(({ path }) => matches(path));
  if (rule) setTimeout(() => greet(pick(rule.text)), rule.after_seconds * 1000);
  else greet(pick(site.greeting));
}

/** A star stands for anything; everything else for itself. */
function matches(path: string): boolean {
  const pattern = path.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${pattern}$`).test(location.pathname);
}

function greet(text?: string): void {
  if (!text || greeting || isOpen || frame) return;
  greeting = make("div", "g");
  const open = make("button");
  open.textContent = text;
  open.onclick = api.open;
  const dismiss = make("button");
  dismiss.ariaLabel = words.dismiss;
  dismiss.append(icon(xIcon, 16));
  dismiss.onclick = () => greeting!.remove();
  greeting.append(open, dismiss);
  root.append(greeting);
}

function style(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  // A constructed sheet needs no permission in the shop's own content security policy.
  root.adoptedStyleSheets = [sheet];
  Object.assign(button.style, { background: site.accent, color: site.ink });
}

const api: ChatGate = {
  open: () => void ask(),
  close: () => frame && show(false),
  toggle: () => void (isOpen ? show(false) : ask()),
  identify: (value) => say("identity", value),
  setContext: (value) => say("context", value),
  consentBanner: (hook) => void (banner = hook),
  on(name, handler) {
    const all = (handlers[name] ??= []);
    all.push(handler);
    return () => void all.splice(all.indexOf(handler), 1);
  },
  push: ([name, ...values]) =>
    (api as unknown as Record<string, (...values: unknown[]) => void>)[name]?.(...values),
};

function start(): void {
  if (isLeft) Object.assign(host.style, { left: "20px", right: "auto", flexDirection: "row" });
  host.lang = locale;
  style();
  badge.hidden = true;
  button.type = "button";
  button.onclick = api.toggle;
  drawButton();
  root.append(button);
  document.body.append(host);
  addEventListener("message", heard);
  window.visualViewport?.addEventListener("resize", fitPhone);
  window.visualViewport?.addEventListener("scroll", fitPhone);
  const flag = remembered();
  isActive = flag !== null;
  if (flag === OPEN) show(true, false);
  else if (flag) makeFrame();
  else planGreeting();
  const queue = window.chatgate;
  window.chatgate = api;
  if (Array.isArray(queue)) queue.forEach(api.push);
}

// A second copy of the script on the same page does nothing.
if (!("open" in (window.chatgate ?? {}))) {
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
}

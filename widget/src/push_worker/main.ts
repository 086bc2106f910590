// The inbox's service worker: shows that a visitor wrote when the inbox is not on the screen. It fetches nothing, keeps
// nothing, and no text of a chat ever reaches it.

interface WindowClient {
  visibilityState: "visible" | "hidden";
  url: string;
  focus(): Promise<WindowClient>;
  navigate(url: string): Promise<WindowClient | null>;
}

interface WorkerScope {
  location: Location;
  registration: { showNotification(title: string, options: NotificationOptions): Promise<void> };
  clients: {
    matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<WindowClient[]>;
    openWindow(url: string): Promise<WindowClient | null>;
  };
  addEventListener(name: "push", listener: (event: PushCame) => void): void;
  addEventListener(name: "notificationclick", listener: (event: NotificationPressed) => void): void;
}

interface PushCame {
  data: { json(): unknown } | null;
  waitUntil(work: Promise<unknown>): void;
}

interface NotificationPressed {
  notification: { tag: string; close(): void };
  waitUntil(work: Promise<unknown>): void;
}

const scope = self as unknown as WorkerScope;
/** The words come from the page that registered this worker, in its agent's language. */
const words = new URL(scope.location.href).searchParams.get("words") ?? "A visitor wrote";

function conversationOf(event: PushCame): string {
  try {
    const { conversation_id: id } = (event.data?.json() ?? {}) as { conversation_id?: unknown };
    return typeof id === "string" ? id : "";
  } catch {
    // Not ours: the agent is still told that something happened.
    return "";
  }
}

async function windows(): Promise<WindowClient[]> {
  const all = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  return all.filter((one) => new URL(one.url).pathname === "/inbox");
}

async function show(id: string): Promise<void> {
  const visible = (await windows()).some((one) => one.visibilityState === "visible");
  if (!visible) await scope.registration.showNotification(words, { tag: id });
}

async function open(id: string): Promise<void> {
  const address = `/inbox#${encodeURIComponent(id)}`;
  const [window] = await windows();
  if (window === undefined) await scope.clients.openWindow(address);
  else {
    await window.focus();
    await window.navigate(address);
  }
}

scope.addEventListener("push", (event) => event.waitUntil(show(conversationOf(event))));
scope.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.tag));
});

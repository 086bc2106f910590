// The example store's proof: a socket that skips the widget is refused, and nothing is stored.
import { io } from "socket.io-client";

interface Rows {
  tables: Record<string, number>;
  total: number;
}

/** Try a raw socket, and show the refusal and the row counts in `place`. */
export async function tryWithoutConsent(place: HTMLElement): Promise<void> {
  place.textContent = "";
  const before = await countRows();
  const code = await connectWithoutChoices();
  const after = await countRows();
  const isSame = JSON.stringify(before.tables) === JSON.stringify(after.tables);
  const lines: Array<[string, Node]> = [
    ["Answer", element("code", code)],
    ["Rows before", document.createTextNode(`${before.total}`)],
    ["Rows after", document.createTextNode(`${after.total}`)],
    ["So", document.createTextNode(isSame ? "Refused, and nothing was stored." : "Something was stored meanwhile.")],
  ];
  const list = document.createElement("dl");
  for (const [name, value] of lines) {
    const description = document.createElement("dd");
    description.append(value);
    list.append(element("dt", name), description);
  }
  place.replaceChildren(list);
}

async function countRows(): Promise<Rows> {
  return (await (await fetch("/demo/rows", { cache: "no-store" })).json()) as Rows;
}

/** The code with which the server refuses, or "connected" if it does not. */
function connectWithoutChoices(): Promise<string> {
  return new Promise((resolve) => {
    const socket = io("/visitor", {
      auth: { site: "demo" },
      transports: ["websocket", "polling"],
      reconnection: false,
      forceNew: true,
    });
    const end = (code: string) => {
      socket.disconnect();
      resolve(code);
    };
    socket.on("connect", () => end("connected"));
    socket.on("connect_error", (error: Error & { data?: { code?: string } }) => end(error.data?.code ?? error.message));
  });
}

function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

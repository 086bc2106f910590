// The browser's own Connection in a process: commands come as lines of JSON, and what happens goes out as lines of JSON.
// `node line.ts URL NAMESPACE [polling]`; tests/web/test_own_client.py holds the other end.
import { createInterface } from "node:readline";
import { Connection } from "../../src/shared/connection.ts";

const [origin = "", namespace = "/visitor", way] = process.argv.slice(2);

/** A network in which no WebSocket gets through. */
class BlockedWebSocket extends EventTarget {
  onclose: (() => void) | null = null;
  constructor() {
    super();
    queueMicrotask(() => this.onclose?.());
  }
  close(): void {}
  send(): void {}
}
if (way === "polling") Object.assign(globalThis, { WebSocket: BlockedWebSocket });

function tell(what: string, value: unknown): void {
  process.stdout.write(`${JSON.stringify([what, value])}\n`);
}

let auth: object = {};
const line = new Connection<{ received: Record<string, unknown>; requests: Record<string, { payload: unknown; answer: unknown }> }>(
  namespace as `/${string}`,
  {
    origin,
    auth: () => auth,
    onState: (state) => tell("state", state),
    onRefused: (refusal) => tell("refused", { code: refusal.code, detail: refusal.detail }),
    timeoutMs: 20_000,
  },
);
for (const name of ["session_opened", "session_resumed", "message_stored", "conversation_changed", "session_closed"]) {
  line.on(name, (payload) => {
    // As the widget does: an answer once, the session's token from then on.
    const { session_token: token } = payload as { session_token?: string };
    if (token) auth = { session_token: token, last_seq: 0 };
    tell(name, payload);
  });
}

createInterface({ input: process.stdin }).on("line", (text) => {
  const [command, ...values] = JSON.parse(text) as [string, ...unknown[]];
  if (command === "auth") auth = values[0] as object;
  else if (command === "open") line.open();
  else if (command === "close") line.close();
  else if (command === "tell") line.tell(values[0] as string, values[1]);
  else if (command === "exit") process.exit(0);
  else if (command === "request") {
    line.request(values[0] as string, values[1]).then(
      (answer) => tell("answer", answer),
      (error: Error & { code?: string }) => tell("failed", error.code ?? error.name),
    );
  }
});

// The two ways in which Engine.IO 4 packets travel: a WebSocket, or long polling where a network blocks those.

export interface Listener {
  packet: (text: string) => void;
  /** The way is gone, or never opened. Not called after our own close(). */
  closed: () => void;
}

export interface Transport {
  send: (packet: string) => void;
  close: () => void;
}

export type OpenTransport = (origin: string, listener: Listener) => Transport;

const PATH = "/socket.io/?EIO=4&transport=";
const SEPARATOR = "\x1e";
/** python-engineio refuses a body with more. */
const PACKETS_IN_A_POST = 16;

export const openWebSocket: OpenTransport = (origin, listener) => {
  const socket = new WebSocket(`${origin.replace(/^http/, "ws")}${PATH}websocket`);
  socket.onmessage = ({ data }) => listener.packet(data as string);
  socket.onclose = listener.closed;
  return {
    send: (packet) => socket.send(packet),
    close() {
      socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
};

export const openPolling: OpenTransport = (origin, listener) => {
  const stop = new AbortController();
  let sid = "";
  const waiting: string[] = [];
  let isPosting = false;
  const ask = async (more: RequestInit): Promise<string> => {
    const answer = await fetch(`${origin}${PATH}polling${sid && `&sid=${sid}`}`, { cache: "no-store", ...more });
    if (!answer.ok) throw answer;
    return answer.text();
  };
  const closed = (): void => {
    if (!stop.signal.aborted) listener.closed();
  };
  const poll = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      for (const packet of (await ask({ signal: stop.signal })).split(SEPARATOR)) {
        if (packet.startsWith("0")) sid = (JSON.parse(packet.slice(1)) as { sid: string }).sid;
        if (!stop.signal.aborted) listener.packet(packet);
      }
    }
  };
  // One request at a time keeps the order of what is sent.
  const post = async (): Promise<void> => {
    if (isPosting) return;
    isPosting = true;
    while (waiting.length > 0) {
      const body = waiting.splice(0, PACKETS_IN_A_POST).join(SEPARATOR);
      await ask({ method: "POST", body, signal: stop.signal });
    }
    isPosting = false;
  };
  poll().catch(closed);
  return {
    send(packet) {
      waiting.push(packet);
      post().catch(closed);
    },
    close() {
      // "1" closes the Engine.IO session; the page may be going away.
      if (sid && !stop.signal.aborted) ask({ method: "POST", body: "1", keepalive: true }).catch(() => {});
      stop.abort();
    },
  };
};

// One connection of the load generator: WebSocket frames and Socket.IO packets on a plain socket.
"use strict";
const { randomBytes } = require("node:crypto");
const net = require("node:net");

// A mask of four zero bytes is a valid mask: the server has its work with it, and the generator none.
function frame(text) {
  const size = Buffer.byteLength(text);
  const long = size > 125;
  const whole = Buffer.alloc((long ? 8 : 6) + size);
  whole[0] = 0x81;
  whole[1] = 0x80 | (long ? 126 : size);
  if (long) whole.writeUInt16BE(size, 2);
  whole.write(text, long ? 8 : 6);
  return whole;
}

const PONG = frame("3");

class Connection {
  constructor(port, namespace, onText) {
    this.port = port;
    this.namespace = namespace;
    this.prefix = namespace === "/" ? "" : namespace + ",";
    this.onText = onText;
    this.rest = null;
    this.waiting = [];
    this.ack = 0;
    this.acks = new Map();
    this.open = false;
    this.corrupted = 0;
    this.closed = false;
  }

  connect(auth, headers = "") {
    return new Promise((resolve, reject) => {
      this.failed = reject;
      const socket = (this.socket = net.connect(this.port, "127.0.0.1"));
      socket.setNoDelay(true);
      socket.on("error", (error) => this.end(error));
      socket.on("close", () => this.end(new Error("closed")));
      socket.on("data", (data) => this.received(data));
      const key = randomBytes(16).toString("base64");
      socket.write(
        `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:${this.port}\r\nUpgrade: websocket\r\n` +
          `Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${headers}\r\n`,
      );
      this.joined = resolve;
      this.auth = auth;
    });
  }

  end(error) {
    this.closed = true;
    if (this.failed) this.failed(error);
    this.failed = null;
  }

  received(data) {
    if (this.rest) data = Buffer.concat([this.rest, data]);
    this.rest = null;
    let at = 0;
    if (!this.open) {
      const head = data.indexOf("\r\n\r\n");
      if (head < 0) return void (this.rest = data);
      if (!data.subarray(0, 12).equals(Buffer.from("HTTP/1.1 101"))) return this.socket.destroy(new Error("refused"));
      this.open = true;
      at = head + 4;
    }
    while (data.length - at >= 2) {
      let size = data[at + 1];
      let body = at + 2;
      if (size === 126) {
        if (data.length - at < 4) break;
        size = data.readUInt16BE(at + 2);
        body = at + 4;
      } else if (size === 127) {
        if (data.length - at < 10) break;
        size = Number(data.readBigUInt64BE(at + 2));
        body = at + 10;
      }
      if (size > 16e6 || (data[at] !== 0x81 && data[at] !== 0x88 && data[at] !== 0x89)) {
        this.corrupted += 1;
        return this.socket.destroy();
      }
      if (data.length < body + size) break;
      if (data[at] === 0x81) this.text(data.latin1Slice(body, body + size));
      at = body + size;
    }
    if (at < data.length) this.rest = at ? Buffer.from(data.subarray(at)) : data;
  }

  text(text) {
    if (text === "2") return void this.socket.write(PONG);
    if (text[0] === "0") return void this.socket.write(frame("40" + this.prefix + JSON.stringify(this.auth || {})));
    if (text.startsWith("44")) return this.end(new Error(text.slice(0, 300)));
    if (text.startsWith("40")) {
      this.failed = null;
      return this.joined(this);
    }
    if (text.startsWith("43")) {
      const start = 2 + this.prefix.length;
      const bracket = text.indexOf("[", start);
      const number = Number(text.slice(start, bracket));
      const call = this.acks.get(number);
      if (call) {
        this.acks.delete(number);
        return call(text, bracket);
      }
    }
    this.onText(text);
  }

  call(event, payload) {
    return new Promise((resolve, reject) => {
      const id = ++this.ack;
      this.acks.set(id, (text, bracket) => {
        const answer = JSON.parse(Buffer.from(text.slice(bracket), "latin1").toString())[0];
        if (answer && answer.error) reject(new Error(event + ": " + JSON.stringify(answer.error)));
        else resolve(answer);
      });
      this.socket.write(frame(`42${this.prefix}${id}${JSON.stringify([event, payload])}`));
    });
  }
}

module.exports = { Connection, frame };

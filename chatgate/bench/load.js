// The load generator: raw WebSocket frames on plain sockets, so that it takes far less time than what it measures.
// Reads one JSON job from its first argument; writes one JSON object a line. No dependency.
"use strict";
const { createHash } = require("node:crypto");
const http = require("node:http");
const { Connection, frame } = require("./wire.js");

const job = JSON.parse(process.argv[2]);
const relay = job.dialect === "relay";
const say = (event, more) => process.stdout.write(JSON.stringify({ event, ...more }) + "\n");
const now = () => Number(process.hrtime.bigint()) / 1e6;
// Several ports are several processes of one server. "apart": the two sides of a conversation never meet in one;
// "either": in half of the conversations they do.
const ports = job.ports || [job.port];
const portOf = (number) => ports[number % ports.length];
const portOfAgent = (number) => ports[(job.placement === "apart" ? number + 1 : Math.floor(number / 2)) % ports.length];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const digits = (number, width) => String(number).padStart(width, "0");

// -- signing in, consenting, joining -------------------------------------------------------------------------

function request(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: job.port, method, path, headers: { ...headers } };
    if (body) options.headers["Content-Type"] = "application/json";
    const sent = http.request(options, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => {
        const text = Buffer.concat(parts).toString();
        if (answer.statusCode >= 300) return reject(new Error(`${path}: ${answer.statusCode} ${text.slice(0, 300)}`));
        resolve({ json: JSON.parse(text), headers: answer.headers });
      });
    });
    sent.on("error", reject);
    sent.end(body ? JSON.stringify(body) : undefined);
  });
}

async function decision(number) {
  const { notice, display_token } = (await request("GET", `/v1/sites/${job.site}/notice?locale=en`)).json;
  const texts = notice.clauses.map((clause) => clause.text.normalize("NFC")).join("\n");
  return {
    site: job.site,
    client_id: `bench-${process.pid}-${digits(number, 8)}`,
    display_token,
    rendered_sha256: createHash("sha256").update(texts, "utf8").digest("hex"),
    choices: Object.fromEntries(notice.clauses.map((clause) => [clause.purpose, clause.required])),
    locale: "en",
  };
}

async function visitor(number, onText) {
  if (relay) {
    const connection = await new Connection(portOf(number), "/", onText).connect({});
    await connection.call("join", { room: `room-${digits(number, 6)}` });
    return connection;
  }
  let opened;
  const connection = new Connection(portOf(number), "/visitor", (text) => {
    if (text.startsWith('42/visitor,["session_opened"')) opened = text;
    else onText(text);
  });
  await connection.connect(await decision(number));
  while (!opened) await sleep(5);
  connection.conversation = JSON.parse(Buffer.from(opened.slice(11), "latin1").toString())[1].conversation.id;
  return connection;
}

let cookies = [];
async function signIn() {
  for (const [email, password] of job.agents_sign_in || []) {
    const answer = await request("POST", "/inbox/sign-in", { email, password });
    cookies.push(answer.headers["set-cookie"].map((cookie) => cookie.split(";")[0]).join("; "));
  }
}

async function agent(number, onText) {
  if (relay) return visitor(number, onText);
  const cookie = `Cookie: ${cookies[number % cookies.length]}\r\n`;
  return new Connection(portOfAgent(number), "/agent", onText).connect({}, cookie);
}

async function many(count, make) {
  const made = new Array(count);
  let next = 0;
  const one = async () => {
    while (next < count) {
      const number = next++;
      made[number] = await make(number);
    }
  };
  await Promise.all(Array.from({ length: Math.min(40, count) }, one));
  return made;
}

// -- messages that are counted on every way ------------------------------------------------------------------

const state = { measuring: false, sent: 0, acked: 0, delivered: 0, refused: 0, doubled: 0, disordered: 0, foreign: 0 };
const latencies = { ack: [], delivery: [] };
const counted = { sent: 0, acked: 0, delivered: 0 };
const errors = {};

// Where the id of the message begins in an ack is known; a version 7 UUID begins with its time.
function timeOf(text) {
  const start = text.indexOf('"id":"') + 6;
  return text.slice(start, start + 14);
}

class Pair {
  constructor(number) {
    this.number = number;
    this.at = new Map();
    this.seen = 0;
    this.count = 0;
    this.near = "00000000-0000-";
  }

  // The same length for every message; only digits differ. As a browser of ChatGate's does it, an id begins with the
  // time in the id that the server gave to the message before (`newClientId` in widget/src/shared/ids.ts).
  send(after) {
    const number = ++this.count;
    const id = `${this.near}v${digits(this.number, 6)}-n${digits(number, 9)}-end`;
    const payload = relay
      ? `["message_send",{"room":"room-${digits(this.number, 6)}","client_id":"${id}","body":"${job.body}"}]`
      : `["message_send",{"client_id":"${id}","body":"${job.body}"}]`;
    const ack = ++this.visitor.ack;
    this.visitor.acks.set(ack, (text) => {
      if (text.indexOf('"error"') >= 0) {
        state.refused += 1;
        const code = (/"code":"(\w+)"/.exec(text) || [])[1];
        errors[code] = (errors[code] || 0) + 1;
      } else {
        state.acked += 1;
        if (!relay) this.near = timeOf(text);
        if (state.measuring) {
          counted.acked += 1;
          latencies.ack.push(now() - started);
        }
      }
      if (after) after();
    });
    const started = now();
    this.at.set(number, started);
    state.sent += 1;
    if (state.measuring) counted.sent += 1;
    this.visitor.socket.write(frame(`42${this.visitor.prefix}${ack}${payload}`));
  }

  // An agent's inbox may get the messages of every conversation: only its own is counted.
  toAgent(text) {
    const place = text.indexOf('"client_id":"') + 28;
    if (place < 28 || text[place - 1] !== "v") return;
    const owner = Number(text.slice(place, place + 6));
    if (owner !== this.number) {
      state.foreign += 1;
      return;
    }
    const number = Number(text.slice(place + 8, place + 17));
    const started = this.at.get(number);
    if (started === undefined) {
      state.doubled += 1;
      return;
    }
    this.at.delete(number);
    if (number !== this.seen + 1) state.disordered += 1;
    this.seen = number;
    state.delivered += 1;
    if (state.measuring) {
      counted.delivered += 1;
      latencies.delivery.push(now() - started);
    }
  }
}

async function pairs(count) {
  await signIn();
  const made = await many(count, async (number) => {
    const pair = new Pair(number);
    pair.visitor = await visitor(number, () => {});
    return pair;
  });
  await many(count, async (number) => {
    const pair = made[number];
    pair.agent = await agent(number, (text) => pair.toAgent(text));
    if (!relay) await pair.agent.call("conversation_open", { conversation_id: pair.visitor.conversation });
  });
  return made;
}

function quantile(sorted, share) {
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] : null;
}

function spread(values) {
  const sorted = Float64Array.from(values).sort();
  const round = (value) => (value === null ? null : Math.round(value * 1000) / 1000);
  return { p50: round(quantile(sorted, 0.5)), p95: round(quantile(sorted, 0.95)), p99: round(quantile(sorted, 0.99)) };
}

async function measured(begin, stop) {
  begin();
  await sleep(job.warmup_seconds * 1000);
  const before = process.cpuUsage();
  const started = now();
  state.measuring = true;
  say("measuring");
  await sleep(job.seconds * 1000);
  state.measuring = false;
  const seconds = (now() - started) / 1000;
  const used = process.cpuUsage(before);
  say("measured", {
    seconds,
    ...counted,
    generator_share: (used.user + used.system) / 1e6 / seconds,
    ack_ms: spread(latencies.ack),
    delivery_ms: spread(latencies.delivery),
  });
  stop();
  const deadline = now() + 10000;
  while (now() < deadline && (state.acked + state.refused < state.sent || state.delivered < state.acked)) await sleep(20);
  const { measuring, ...totals } = state;
  say("finished", { ...totals, errors });
}

// -- the jobs ------------------------------------------------------------------------------------------------

const jobs = {
  async closed() {
    const all = await pairs(job.pairs);
    let running = true;
    const next = (pair) => () => running && pair.send(next(pair));
    await measured(
      () => all.forEach((pair) => next(pair)()),
      () => (running = false),
    );
  },

  async open() {
    const all = await pairs(job.pairs);
    let timer;
    let due = 0;
    let turn = 0;
    let last;
    const tick = () => {
      const time = now();
      due += ((time - last) * job.rate) / 1000;
      last = time;
      for (; due >= 1; due -= 1) all[turn++ % all.length].send();
    };
    await measured(
      () => {
        last = now();
        timer = setInterval(tick, 2);
      },
      () => clearInterval(timer),
    );
  },

  async idle() {
    say("ready");
    const all = await many(job.connections, (number) => visitor(number + 1000, () => {}));
    await sleep(job.settle_seconds * 1000);
    say("connected", { connections: all.filter((connection) => !connection.closed).length });
    await sleep(job.hold_seconds * 1000);
    say("finished", { lost: all.filter((connection) => connection.closed).length });
  },

  // One reader stops reading while its partner floods it; the others must not notice, and no frame may be broken.
  async slow() {
    const all = await pairs(job.pairs);
    const [stuck, ...others] = all;
    stuck.agent.socket.pause();
    let running = true;
    const big = job.body.repeat(20);
    const small = job.body;
    const flood = () => {
      if (!running) return;
      job.body = big;
      stuck.send(flood);
      job.body = small;
    };
    const next = (pair) => () => running && pair.send(next(pair));
    const begin = () => {
      flood();
      others.forEach((pair) => next(pair)());
    };
    await measured(begin, () => {
      running = false;
      stuck.agent.socket.resume();
    });
    await sleep(500);
    say("slow", {
      corrupted: all.reduce((sum, pair) => sum + pair.agent.corrupted + pair.visitor.corrupted, 0),
      cut: stuck.agent.closed,
      stuck_sent: stuck.count,
      stuck_got: stuck.seen,
      others_lost: others.reduce((sum, pair) => sum + (pair.count - pair.seen), 0),
    });
  },
};

jobs[job.kind]().then(
  () => process.exit(0),
  (error) => {
    say("failed", { error: String(error && error.message) });
    process.exit(1);
  },
);

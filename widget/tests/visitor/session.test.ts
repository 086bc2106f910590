// The session's way through notices, lost lines, refusals and withdrawals, on a line that the test holds.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectionOptions } from "../../src/shared/connection.ts";
import { NoAnswer, Refused } from "../../src/shared/refusals.ts";
import { Device } from "../../src/visitor/device.ts";
import { VisitorSession } from "../../src/visitor/session.ts";
import type { FromFrame } from "../../src/visitor/shop.ts";
import { FakeStorage, message } from "./cast.ts";

Object.assign(globalThis, { document: { visibilityState: "visible" }, addEventListener: () => {} });

const CONSENT = { may_talk: true, choices: { support: true, training: false }, notice_sha256: "a" };
const CONVERSATION = { id: "conversation-1", rev: 1, state: "open", visitor_seen_seq: 0, agent_seen_seq: 0 };
const SITE = { id: "demo", agents_online: true, channels: [] };

function notice(sha256 = "a", token = `display-${sha256}`): never {
  const clauses = [
    { purpose: "support", text: "May talk.", required: true },
    { purpose: "training", text: "May train.", required: false },
  ];
  return { notice: { sha256, locale: "en", clauses }, display_token: token, site: SITE } as never;
}

class FakeLine {
  readonly handlers = new Map<string, (payload: never) => void>();
  readonly handshakes: Array<Record<string, unknown>> = [];
  readonly requests: Array<[string, unknown]> = [];
  answers: Record<string, unknown> = {};
  isOnline = false;
  readonly options: ConnectionOptions;

  constructor(options: ConnectionOptions) {
    this.options = options;
  }
  on(name: string, handler: (payload: never) => void): () => void {
    this.handlers.set(name, handler);
    return () => {};
  }
  open(): void {
    this.handshakes.push({ ...this.options.auth() });
  }
  close(): void {
    this.isOnline = false;
  }
  tell(): void {}
  async request(name: string, payload: unknown): Promise<unknown> {
    this.requests.push([name, payload]);
    const answer = this.answers[name] ?? new NoAnswer();
    if (answer instanceof Error) throw answer;
    return answer;
  }
  emit(name: string, payload: unknown): void {
    this.handlers.get(name)?.(payload as never);
  }
  letIn(name: "session_opened" | "session_resumed", messages: unknown[] = []): void {
    const common = { conversation: CONVERSATION, consent: CONSENT, site: SITE, messages };
    this.emit(name, { ...common, session_token: "token-1", receipt: { kind: "given" } });
    this.isOnline = true;
    this.options.onState("online");
  }
}

function made(storage = new FakeStorage()) {
  const told: FromFrame[] = [];
  const lines: FakeLine[] = [];
  const notices = [notice()];
  const session = new VisitorSession({
    site: SITE as never,
    siteId: "demo",
    build: "test",
    locale: () => "en",
    device: new Device("demo", storage as unknown as Storage),
    shop: { isShown: true, isEmbedded: true, pagePath: "/cup", tell: (one) => told.push(one) },
    connect: (options) => {
      lines.push(new FakeLine(options));
      return lines.at(-1) as never;
    },
    fetchNotice: async () => notices.at(-1)!,
    consentRequests: { fetch: async () => ({}) as never, change: async () => ({}) as never },
    exercise: async () => ({}),
  });
  return { session, storage, lines, notices, told, state: () => session.store.state };
}

const TEXTS = ["May talk.", "May train."];

async function opened(storage?: FakeStorage) {
  const all = made(storage);
  await all.session.start();
  all.session.notices.choose("support", true);
  await all.session.startChat(TEXTS);
  all.lines[0]!.letIn("session_opened");
  return { ...all, line: all.lines[0]! };
}

test("before the decision there is no line and nothing is kept", async () => {
  const { session, lines, storage, state } = made();
  await session.start();
  assert.equal(state().view, "notice");
  assert.deepEqual([lines.length, storage.items.size], [0, 0]);
});

test("start without the required box explains and opens nothing", async () => {
  const { session, lines, state } = made();
  await session.start();
  session.notices.choose("training", true);
  await session.startChat(TEXTS);
  assert.deepEqual([state().missing, lines.length], [["support"], 0]);
});

test("the handshake names every clause, and what was shown", async () => {
  const { line, storage, state } = await opened();
  const { choices, display_token, page_path, locale } = line.handshakes[0] as Record<string, unknown>;
  assert.deepEqual(choices, { support: true, training: false });
  assert.deepEqual([display_token, page_path, locale], ["display-a", "/cup", "en"]);
  assert.equal(state().view, "chat");
  assert.deepEqual([...storage.items.keys()], ["chatgate:demo"]);
});

test("after the answer every connection resumes, from the last message without a gap", async () => {
  const { line } = await opened();
  line.emit("message_stored", { message: message(1) });
  line.open();
  assert.deepEqual(line.handshakes.at(-1), { session_token: "token-1", last_seq: 1 });
});

test("a lost answer is asked for again under the same client_id", async () => {
  const { session, lines } = made();
  await session.start();
  session.notices.choose("support", true);
  await session.startChat(TEXTS);
  await session.startChat(TEXTS);
  const [first, second] = lines[0]!.handshakes;
  assert.equal(first!["client_id"], second!["client_id"]);
});

test("a changed text is shown with its ticks taken away", async () => {
  const { session, lines, state } = made();
  await session.start();
  session.notices.choose("support", true);
  await session.startChat(TEXTS);
  lines[0]!.options.onRefused(new Refused("consent_stale", { notice: notice("b") as never }));
  assert.deepEqual([state().view, state().asking, state().choices], ["notice", "changed", {}]);
  assert.equal(state().notice!.notice.sha256, "b");
});

test("an old proof of display is fetched again, and the same text keeps its ticks", async () => {
  const { session, lines, notices, state } = made();
  await session.start();
  session.notices.choose("support", true);
  await session.startChat(TEXTS);
  notices.push(notice("a", "display-fresh"));
  lines[0]!.options.onRefused(new Refused("display_token_invalid"));
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual([state().asking, state().choices], ["once_more", { support: true }]);
  assert.equal(state().notice!.display_token, "display-fresh");
});

test("a message that got no answer goes out once the line is back", async () => {
  const { session, line, state } = await opened();
  session.send("hello");
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(state().unsent[0]!.state, "failed");
  const id = state().unsent[0]!.client_id;
  line.answers = { message_send: { message: message(1, { client_id: id, body: "hello" }) } };
  line.options.onState("online");
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual([state().unsent, state().messages.map((one) => one.body)], [[], ["hello"]]);
});

test("what was not sent is there again after a reload", async () => {
  const storage = new FakeStorage();
  const { session } = await opened(storage);
  session.send("hello");
  session.write("half a sent");
  const reloaded = made(storage);
  await reloaded.session.start();
  assert.deepEqual(reloaded.state().unsent.map((one) => one.body), ["hello"]);
  assert.equal(reloaded.state().draft, "half a sent");
  assert.deepEqual(reloaded.lines[0]!.handshakes, [{ session_token: "token-1", last_seq: 0 }]);
});

test("a session that the server does not know asks again, and keeps the text", async () => {
  const { session, line, storage, state } = await opened();
  session.write("typed");
  line.options.onRefused(new Refused("session_invalid"));
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual([state().view, state().draft, storage.items.size], ["notice", "typed", 0]);
});

for (const code of ["rate_limited", "storage_unavailable", "middleware_error"]) {
  test(`a server that answers ${code} to a resume costs neither the session nor the text`, async () => {
    const { session, state, line, storage } = await opened();
    session.write("typed");
    const asked = line.handshakes.length;
    line.options.onRefused(new Refused(code, { retry_after_seconds: 0.001 }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(line.handshakes.length, asked + 1);
    assert.equal(line.handshakes.at(-1)!["session_token"], "token-1");
    assert.deepEqual([state().view, state().draft, storage.items.size], ["chat", "typed", 1]);
  });
}

test("withdrawing the chat's consent ends it here and leaves nothing behind", async () => {
  const { session, line, storage, state, told } = await opened();
  line.answers = { consent_change: { consent: { ...CONSENT, may_talk: false }, receipt: { kind: "withdrawn" } } };
  await session.consent.decide({ support: false });
  assert.deepEqual(line.requests.at(-1), ["consent_change", { choices: { support: false } }]);
  assert.deepEqual([state().view, storage.items.size], ["withdrawn", 0]);
  assert.deepEqual(told.at(-1), { chatgate: "session", active: false });
  assert.deepEqual(state().receipt, { kind: "withdrawn" });
});

test("the receipt of a withdrawal arrives, although the events about it come first", async () => {
  const { session, line, state } = await opened();
  const withdrawn = { ...CONSENT, may_talk: false };
  line.request = async () => {
    line.emit("consent_changed", { consent: withdrawn });
    line.emit("session_closed", { reason: "consent_withdrawn" });
    assert.equal(line.isOnline, true);
    return { consent: withdrawn, receipt: { kind: "withdrawn" } };
  };
  await session.consent.decide({ support: false });
  assert.deepEqual([state().view, state().receipt], ["withdrawn", { kind: "withdrawn" }]);
});

test("an agreement that ran out is not called withdrawn, and nothing of the chat is kept", async () => {
  const { line, state, storage } = await opened();
  line.emit("consent_changed", { consent: { ...CONSENT, ends_at: "2027-01-01T00:00:00.000Z" } });
  const over = { ...CONSENT, may_talk: false, changed_at: "2027-01-01T00:00:05.000Z" };
  line.emit("consent_changed", { consent: over });
  assert.deepEqual([state().view, state().ended, storage.items.size], ["withdrawn", "consent_expired", 0]);
});

test("withdrawing training alone leaves the chat open", async () => {
  const { session, line, storage, state } = await opened();
  line.answers = { consent_change: { consent: CONSENT, receipt: {} } };
  await session.consent.decide({ training: false });
  assert.deepEqual([state().view, state().ended, storage.items.size], ["chat", null, 1]);
});

test("a consent that is asked again within a chat is answered within it, and what waited goes out", async () => {
  const { session, line, state } = await opened();
  line.answers = { message_send: new Refused("consent_required", { notice: notice("b") as never }) };
  session.send("hello");
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual([state().view, state().asking], ["notice", "within"]);
  line.answers = { consent_change: { consent: CONSENT, receipt: {} } };
  session.notices.choose("support", true);
  await session.startChat(TEXTS);
  assert.equal(line.requests.find(([name]) => name === "consent_change")?.[0], "consent_change");
  assert.equal(state().view, "chat");
  assert.equal(line.requests.at(-1)?.[0], "message_send");
});

test("refusing keeps nothing and does not ask again", async () => {
  const { session, lines, storage, state } = made();
  await session.start();
  session.notices.choose("support", true);
  session.refuse();
  assert.deepEqual([state().view, state().choices, lines.length, storage.items.size], ["refused", {}, 0, 0]);
});

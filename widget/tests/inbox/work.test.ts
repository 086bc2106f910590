import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { askedFor, firstPlace, fitting, matchingReplies, partsOf, shortcutOf } from "../../src/inbox/canned.ts";
import { pageAddress, routeOf } from "../../src/inbox/routes.ts";
import { Live } from "../../src/inbox/server/live.ts";
import type { Wire } from "../../src/inbox/server/live.ts";
import { reduce } from "../../src/inbox/state/reducer.ts";
import { drift, ROW_PIXELS, windowOf } from "../../src/inbox/state/rows_window.ts";
import { createStore } from "../../src/inbox/state/store.ts";
import { listed } from "../../src/inbox/state/views.ts";
import { draftKey, draftOf } from "../../src/inbox/state/work_state.ts";
import type { CannedView, NoteView } from "../../src/inbox/server/wire.ts";
import { after, at, conversation, message, NOON, openedWith } from "./made.ts";

function canned(shortcut: string, locale = "en"): CannedView {
  return { id: `${locale}-${shortcut}`, locale, shortcut, title: "", body: "text", changed_at: at(0) };
}

function note(id: string, after_seq: number): NoteView {
  return { id, conversation_id: "c1", client_id: id, author: { id: "adam", name: "Adam" }, body: id, after_seq, stored_at: at(0) };
}

test("only a slash at the beginning of a single line asks for a canned reply", () => {
  assert.equal(askedFor("/ret"), "ret");
  assert.equal(askedFor("and/or"), null);
  assert.equal(askedFor("/ret\nmore"), null);
});

test("canned replies stand in the visitor's language first, then by what their shortcut begins with", () => {
  const all = [canned("returns"), canned("my-returns", "pl"), canned("ret", "pl"), canned("parcel", "pl")];
  assert.deepEqual(
    fitting(all, "ret", "pl-PL").map((reply) => reply.id),
    ["pl-ret", "pl-my-returns", "en-returns"],
  );
});

test("a draft's key names its conversation and its field", () => {
  assert.deepEqual(draftOf(draftKey("c1", "note")), { id: "c1", kind: "note" });
  assert.deepEqual(draftOf(draftKey("c1", "reply")), { id: "c1", kind: "reply" });
});

test("a note is kept once and in its place, however often it is told", () => {
  const told = [note("later", 2), note("early", 1), note("later", 2)];
  const state = after(...told.map((one) => ({ type: "note_stored", note: one }) as const));
  assert.deepEqual(state.notes["c1"]?.map((one) => one.id), ["early", "later"]);
});

test("a draft of the server is taken only where nothing is written yet", () => {
  const drafts = [{ kind: "reply" as const, body: "from the phone", saved_at: at(0) }];
  const answer = { ...openedWith([message(1)]), drafts };
  assert.equal(after({ type: "opened", answer, after_seq: 0 }).drafts["c1"], "from the phone");
  const written = after({ type: "draft_set", id: "c1", draft: "here" }, { type: "opened", answer, after_seq: 0 });
  assert.equal(written.drafts["c1"], "here");
});

test("a colleague who leaves is taken away, and this agent is no colleague", () => {
  const ewa = { id: "ewa", name: "Ewa" };
  const came = (id: string, state: "viewing" | "gone") =>
    ({ type: "colleague_came", event: { conversation_id: "c1", agent: id === "ewa" ? ewa : { id, name: id }, state } }) as const;
  const here = after(came("ewa", "viewing"), came("adam", "viewing"));
  assert.deepEqual(here.colleagues["c1"]?.map((one) => one.agent.id), ["ewa"]);
  assert.deepEqual(reduce(here, came("ewa", "gone")).colleagues["c1"], []);
});

test("filters leave out what does not fit, and what was found stands as the server ordered it", () => {
  const training = conversation({ id: "c2", consent: { ...conversation().consent, may_train: true } });
  const state = after(
    { type: "conversation_changed", conversation: training },
    { type: "filters_set", filters: { consent: "training" } },
  );
  assert.deepEqual(listed(state).map((one) => one.id), ["c2"]);
  const hit = { conversation: conversation(), found_in: "name", seq: null, note_id: null, snippet: "", marks: [] } as const;
  const hits = [{ ...hit, marks: [] as number[][] }, { ...hit, marks: [] as number[][], conversation: training }];
  const found = [{ type: "query_set", query: "xy" } as const, { type: "found", found: { query: "xy", hits, next: null } } as const];
  assert.deepEqual(listed(found.reduce(reduce, state)).map((one) => one.id), ["c1", "c2"]);
});

test("of ten thousand rows only those around the view are drawn, and the height is that of all", () => {
  const { from, to, before, after: behind } = windowOf(10_000, 5000 * ROW_PIXELS, 800);
  assert.ok(from < 5000 && to > 5009 && to - from < 40);
  assert.equal(before + behind + (to - from) * ROW_PIXELS, 10_000 * ROW_PIXELS);
});

test("a held message is sent after five seconds, and one that was taken back never", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const sent: string[] = [];
  const wire = {
    request: async (_name: string, payload: { body: string }) => {
      sent.push(payload.body);
      return { message: message(1, { author_kind: "agent" }) };
    },
    tell: () => undefined,
  } as unknown as Wire;
  const store = createStore(after({ type: "comfort_set", comfort: { hold: true } }));
  const live = new Live(store, wire, () => "client-held", () => NOON);
  await live.send("c1", "one", "client-0001");
  await live.send("c1", "two", "client-0002");
  assert.equal(store.get().pending["c1"]?.[0]?.state, "held");
  live.takeBack("c1", "client-0002");
  mock.timers.tick(5000);
  await new Promise((done) => setImmediate(done));
  assert.deepEqual(sent, ["one"]);
  mock.timers.reset();
});

test("a reply's preview fills what is known and marks what is no variable", () => {
  assert.deepEqual(partsOf("Hi {{ agent_name | me }}, {{ordr}}!", { agent_name: "Adam" }), [
    { text: "Hi ", kind: "text" },
    { text: "Adam", kind: "filled" },
    { text: ", ", kind: "text" },
    { text: "{{ordr}}", kind: "unknown" },
    { text: "!", kind: "text" },
  ]);
  assert.deepEqual(firstPlace("Hi {{visitor_name}}"), [3, 19]);
  assert.equal(firstPlace("Hi {there}"), null);
});

test("a shortcut is taken as typed, with a slash, blanks and capitals", () => {
  assert.equal(shortcutOf(" /Opening Hours "), "opening-hours");
});

test("replies are found by every word, in one language or all", () => {
  const all = [canned("returns"), canned("hours", "pl"), canned("hours")];
  assert.deepEqual(matchingReplies(all, "/ho", "").map((one) => `${one.shortcut} ${one.locale}`), ["hours en", "hours pl"]);
  assert.equal(matchingReplies(all, "hours", "pl").length, 1);
});

test("an address names a chat or a page, and half of an address is the list", () => {
  assert.deepEqual(routeOf("#0190-abc"), { page: "chats", selected: "0190-abc" });
  assert.deepEqual(routeOf("#/canned"), { page: "canned", selected: null });
  assert.deepEqual(routeOf("#/nothing"), { page: "chats", selected: null });
  assert.deepEqual(routeOf("#%E0%A4%A"), { page: "chats", selected: null });
  assert.equal(pageAddress("chats", "c1"), "#c1");
  assert.equal(pageAddress("audit", "c1"), "#/audit");
});

test("what is looked at stays where it is while the list moves under it", () => {
  const rows = (...ids: string[]) => ids.map((id) => ({ id }));
  const before = rows("a", "b", "c", "d", "e", "f");
  const [top, height] = [2 * ROW_PIXELS, 3 * ROW_PIXELS]; // c, d and e are in view
  assert.equal(drift(before, rows("x", "y", ...["a", "b", "c", "d", "e", "f"]), null, top, height), 2);
  assert.equal(drift(before, rows("b", "c", "d", "a", "e", "f"), null, top, height), -1);
  assert.equal(drift(before, rows("a", "b", "x", "c", "d", "e"), "d", top, height), 1, "the chosen one before all");
  assert.equal(drift(before, rows("f", "a", "b", "c", "d", "e"), "f", top, height), 1, "the chosen one is out of view");
  assert.equal(drift(before, rows("a", "b", "d", "e"), null, top, height), -1, "the first in view is gone");
  assert.equal(drift(before, rows("z"), null, top, height), 0);
});

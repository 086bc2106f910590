// Files on their way: one at a time, tried again under the same id, taken back, and handed over once.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttachmentView } from "@protocol";
import { FILES_AT_MOST, Uploads } from "../../src/shared/files/uploads.ts";
import { Refused } from "../../src/shared/refusals.ts";

function attachment(id: string): AttachmentView {
  return { id, name: `${id}.jpg`, media_type: "image/jpeg", size_bytes: 3, width: 1, height: 1 };
}

function made() {
  const puts: Array<{ name: string; clientId: string; signal: AbortSignal }> = [];
  const discarded: string[] = [];
  const answers: Array<(answer: AttachmentView | Error) => void> = [];
  const uploads = new Uploads({
    put: (file, clientId, progress, signal) => {
      puts.push({ name: file.name, clientId, signal });
      progress(0.5);
      return new Promise((resolve, reject) =>
        answers.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer))),
      );
    },
    discard: (file) => discarded.push(file.id),
    uploaded: () => {},
    changed: () => {},
    maxBytes: () => 10,
  });
  const answer = async (with_: AttachmentView | Error) => {
    answers.shift()!(with_);
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { uploads, puts, discarded, answer };
}

const file = (name: string, bytes = 3) => new File([new Uint8Array(bytes)], name, { type: "image/jpeg" });
const states = (uploads: Uploads) => uploads.all.map((one) => one.state);

test("files go out one after the other, and are handed over once", async () => {
  const { uploads, puts, answer } = made();
  uploads.add([file("one.jpg"), file("two.jpg")]);
  assert.deepEqual(states(uploads), ["uploading", "waiting"]);
  assert.equal(uploads.all[0]!.sent, 0.5);
  await answer(attachment("one"));
  await answer(attachment("two"));
  assert.equal(uploads.isBusy, false);
  assert.deepEqual(uploads.take().map((one) => one.id), ["one", "two"]);
  assert.deepEqual(uploads.take(), []);
  assert.deepEqual(puts.map((one) => one.name), ["one.jpg", "two.jpg"]);
});

test("a file that got no answer stays and is tried again under its id; the others go on", async () => {
  const { uploads, puts, answer } = made();
  uploads.add([file("one.jpg"), file("two.jpg")]);
  await answer(new Error("line"));
  await answer(attachment("two"));
  assert.deepEqual(states(uploads), ["failed", "done"]);
  assert.deepEqual(uploads.take().map((one) => one.id), ["two"]);
  uploads.retry(uploads.all[0]!.client_id);
  await answer(attachment("one"));
  assert.equal(puts[0]!.clientId, puts[2]!.clientId);
  assert.deepEqual(uploads.take().map((one) => one.id), ["one"]);
});

test("a refused file keeps the reason, a too large one is not sent at all", async () => {
  const { uploads, puts, answer } = made();
  uploads.add([file("page.jpg"), file("large.jpg", 11)]);
  await answer(new Refused("attachment_refused", { reason: "type" }));
  assert.deepEqual(
    uploads.all.map((one) => one.refusal),
    [
      { code: "attachment_refused", detail: { reason: "type" } },
      { code: "attachment_too_large", detail: { limit_bytes: 10 } },
    ],
  );
  assert.equal(puts.length, 1);
});

test("what was refused for good leaves with the next message, and stands in the way of none", async () => {
  const { uploads, answer } = made();
  uploads.add([file("page.jpg"), file("cup.jpg"), file("large.jpg", 11), file("broken.jpg")]);
  await answer(new Refused("attachment_refused", { reason: "type" }));
  await answer(attachment("cup"));
  await answer(new Error("line"));
  assert.deepEqual(states(uploads), ["failed", "done", "failed", "failed"]);
  assert.deepEqual(uploads.take().map((one) => one.id), ["cup"]);
  assert.deepEqual(uploads.all.map((one) => one.name), ["broken.jpg"]);
});

test("what is taken back is stopped, and deleted on the server however late its answer comes", async () => {
  const { uploads, puts, discarded, answer } = made();
  uploads.add([file("one.jpg"), file("two.jpg")]);
  uploads.cancel(uploads.all[0]!.client_id);
  assert.equal(puts[0]!.signal.aborted, true);
  await answer(attachment("one"));
  assert.deepEqual(discarded, ["one"]);
  await answer(attachment("two"));
  uploads.cancel(uploads.all[0]!.client_id);
  assert.deepEqual(discarded, ["one", "two"]);
  assert.deepEqual(uploads.all, []);
});

test("no more files wait than one message carries", () => {
  const { uploads } = made();
  uploads.add(Array.from({ length: 15 }, (_one, index) => file(`${index}.jpg`)));
  assert.equal(uploads.all.length, FILES_AT_MOST);
});

test("a message that cannot be sent gives its files back", () => {
  const { uploads } = made();
  uploads.putBack([attachment("one")], () => null);
  assert.deepEqual(uploads.take().map((one) => one.id), ["one"]);
});

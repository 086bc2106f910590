// One entry, only after a decision, and a clear word when the browser keeps nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Device } from "../../src/visitor/device.ts";
import { FakeStorage } from "./cast.ts";

const KEPT = { token: "token-1", draft: "", ui: {} };

function made(): { storage: FakeStorage; device: Device } {
  const storage = new FakeStorage();
  return { storage, device: new Device("demo", storage as unknown as Storage) };
}

test("looking and changing write nothing before there is a session", () => {
  const { storage, device } = made();
  device.read();
  device.update({ draft: "typed" });
  assert.equal(storage.items.size, 0);
});

test("a session is one entry with token, draft and interface choices", () => {
  const { storage, device } = made();
  device.write(KEPT);
  device.update({ draft: "half a sent" });
  assert.deepEqual([...storage.items.keys()], ["chatgate:demo"]);
  assert.deepEqual(JSON.parse(storage.items.get("chatgate:demo")!), { ...KEPT, draft: "half a sent" });
});

test("clearing leaves nothing", () => {
  const { storage, device } = made();
  device.write(KEPT);
  device.clear();
  assert.equal(storage.items.size, 0);
  assert.equal(device.read(), null);
});

test("what somebody else wrote under our name is not taken for a session", () => {
  const { storage, device } = made();
  storage.setItem("chatgate:demo", '{"token": 1}');
  assert.equal(device.read(), null);
});

test("a blocked storage is memory, and says so", () => {
  const device = new Device("demo", null);
  device.write(KEPT);
  assert.deepEqual(device.read(), KEPT);
  assert.equal(device.isBlocked, true);
});

test("a full storage is memory, and says so", () => {
  const { storage, device } = made();
  storage.isFull = true;
  device.write(KEPT);
  assert.deepEqual(device.read(), KEPT);
  assert.equal(device.isBlocked, true);
});

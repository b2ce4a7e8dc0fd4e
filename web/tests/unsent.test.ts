/** Likes and saves without a network. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { NetworkError } from "../src/errors.ts";
import { Wishes } from "../src/wishes.ts";

const shelf = new Map<string, string>();
const storage = {
  getItem: (key: string) => shelf.get(key) ?? null,
  setItem: (key: string, value: string) => void shelf.set(key, value),
  removeItem: (key: string) => void shelf.delete(key),
};
const payload = (sub: string) => `.${btoa(JSON.stringify({ sub }))}.`;
const access = JSON.stringify({ token: payload("anna"), expiresAt: 0 });
Object.assign(globalThis, {
  localStorage: storage,
  sessionStorage: { ...storage, getItem: () => access },
  window: { addEventListener: () => undefined, location: new URL("https://site.example") },
  history: { replaceState: () => undefined },
  document: { addEventListener: () => undefined },
  BroadcastChannel: class {},
});
const { forgetUnsent, isWaiting, keepUnsent, unsent } = await import("../src/answers/unsent.ts");

beforeEach(() => shelf.clear());

test("the last word on a post is what is kept, in the order in which one did it", () => {
  keepUnsent({ kind: "like", id: "a", wanted: true });
  keepUnsent({ kind: "save", id: "a", wanted: true });
  keepUnsent({ kind: "like", id: "a", wanted: false });
  assert.deepEqual(unsent(), [
    { kind: "save", id: "a", wanted: true },
    { kind: "like", id: "a", wanted: false },
  ]);
  forgetUnsent({ kind: "like", id: "a" });
  forgetUnsent({ kind: "save", id: "a" });
  assert.equal(isWaiting(), false);
});

test("what one person did is not told by the next", () => {
  const wishes = [{ kind: "like", id: "a", wanted: true }];
  shelf.set("shutterfeed.unsent", JSON.stringify({ owner: "ben", wishes }));
  assert.deepEqual(unsent(), []);
  keepUnsent({ kind: "save", id: "b", wanted: true });
  assert.deepEqual(unsent(), [{ kind: "save", id: "b", wanted: true }]);
});

test("not more is kept than there is room for", () => {
  for (let n = 0; n < 500; n++) assert.ok(keepUnsent({ kind: "like", id: `${n}`, wanted: true }));
  assert.equal(keepUnsent({ kind: "like", id: "one more", wanted: true }), false);
  assert.ok(keepUnsent({ kind: "like", id: "7", wanted: false }));
});

test("a wish that is kept goes on being shown, with the last word that was said meanwhile", async () => {
  const kept: [string, boolean][] = [];
  const wishes = new Wishes((id, wanted) => kept.push([id, wanted]) > 0);
  let fail!: (error: Error) => void;
  const tell = () => new Promise((_, reject) => (fail = reject));
  const told = wishes.want("a", true, tell);
  await wishes.want("a", false, tell);
  fail(new NetworkError());
  assert.equal(await told, false);
  assert.deepEqual(kept, [["a", false]]);
  assert.equal(wishes.wanted.value.get("a"), false);
  assert.equal(await wishes.want("a", false, async () => undefined), true);
  assert.equal(wishes.wanted.value.has("a"), false);
});

test("what is refused, or cannot be kept, is not shown any more", async () => {
  const wishes = new Wishes(() => false);
  const refuse = async () => {
    throw new NetworkError();
  };
  await assert.rejects(wishes.want("a", true, refuse), NetworkError);
  assert.equal(wishes.wanted.value.has("a"), false);
});

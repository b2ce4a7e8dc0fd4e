/** The picture that is looked at, and the taps that lead to it. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

class Shelf {
  getItem = () => null;
  setItem = () => undefined;
  removeItem = () => undefined;
}

Object.assign(globalThis, {
  window: {
    addEventListener: () => undefined,
    location: { pathname: "/", search: "", hash: "" },
  },
  document: { addEventListener: () => undefined },
  history: { state: null, replaceState: () => undefined },
  localStorage: new Shelf(),
  sessionStorage: new Shelf(),
  BroadcastChannel: class {
    postMessage(): void {}
  },
});

const { closeViewer, looking, openByTap } = await import("../src/looking.ts");

const post = { id: "P", media: [{}, {}] } as never;

beforeEach(closeViewer);

test("a picture that is tapped before its button is there is opened", () => {
  openByTap({ querySelector: () => null }, post, 1, null);
  assert.deepEqual([looking.value?.post.id, looking.value?.index], ["P", 1]);
});

test("once its button is there, taps are left to that: two of them are a like", () => {
  openByTap({ querySelector: () => ({}) as never }, post, 1, null);
  assert.equal(looking.value, null);
});

import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, {
  window: { addEventListener: () => undefined },
  localStorage: { getItem: () => null },
  sessionStorage: { getItem: () => null },
  BroadcastChannel: class {},
});

const { stretchesOf } = await import("../src/stretches.ts");

const posts = (ids: string) => [...ids].map((id) => ({ id }));
const shown = (ids: string) =>
  stretchesOf(posts(ids)).map((one) => one.posts.map(({ id }) => id).join(""));

test("a post stays in its stretch, whatever comes above, below or leaves", () => {
  assert.deepEqual(shown("ab"), ["ab"]);
  assert.deepEqual(shown("abcdefg"), ["abcde", "fg"]);
  assert.deepEqual(shown("yzabcdefgh"), ["yz", "abcde", "fgh"]);
  assert.deepEqual(shown("zbcdefgh"), ["z", "bcde", "fgh"], "their beginnings have left");
  assert.deepEqual(shown("xyzabcdefghi"), ["x", "yz", "abcde", "fghi"]);
});

test("what came between two posts is beside them", () => {
  assert.deepEqual(shown("12345"), ["12345"]);
  assert.deepEqual(shown("12!345"), ["12!345"]);
});

import assert from "node:assert/strict";
import test from "node:test";
import type { PostBody } from "../src/api.ts";

// What the modules look at while they are loaded.
const shelf = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
Object.assign(globalThis, {
  window: { addEventListener: () => undefined },
  localStorage: shelf,
  sessionStorage: shelf,
  BroadcastChannel: class {
    postMessage(): void {}
  },
});

const { changesOf, editsOf, forgetEdits, hasEdits, keepEdits } = await import("../src/edits.ts");

const ann = { user: { handle: "ann" }, x: 0.5, y: 0.5 };
const post = {
  id: "P",
  caption: "A lake",
  media: [
    { id: "M1", alt_text: "Water", people: [ann] },
    { id: "M2", alt_text: "", people: [] },
  ],
  place: null,
  sensitive: false,
  comments_from: null,
} as unknown as PostBody;

test("what is typed and not saved is there again, until it is saved or given up", () => {
  assert.equal(hasEdits(post), false);
  keepEdits(post, { ...editsOf(post), caption: "A fine la" });
  assert.equal(editsOf(post).caption, "A fine la");
  forgetEdits(post);
  assert.equal(editsOf(post).caption, "A lake");
});

test("the API is told only what is not as it was", () => {
  assert.deepEqual(changesOf(post, editsOf(post)), { caption: "A lake", place: null });
  const edits = editsOf(post);
  const changed = {
    ...edits,
    altTexts: { ...edits.altTexts, M2: "Reeds" },
    people: { ...edits.people, M1: [] },
    isSensitive: true,
    commentsFrom: "nobody" as const,
  };
  assert.deepEqual(changesOf(post, changed), {
    caption: "A lake",
    place: null,
    alt_texts: { M2: "Reeds" },
    people: { M1: [] },
    comments_from: "nobody",
    sensitive: true,
  });
});

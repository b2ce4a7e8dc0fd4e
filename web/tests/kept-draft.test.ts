/** A draft is the same after it was kept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Draft } from "../src/upload/draft.ts";
import type { Item } from "../src/upload/item.ts";

Object.defineProperty(globalThis, "navigator", { value: { languages: [] } });

const { aheadOf, unsaid } = await import("../src/upload/body.ts");
const { itemsOf, keptOf } = await import("../src/upload/kept-draft.ts");

const SERVER = {
  postId: "P",
  media: { a: { id: "M", crop: null } },
  until: "2026-05-11T12:30:00Z",
  words: "",
};
const DECLARING = {
  key: "K",
  body: aheadOf(unsaid([])),
  items: [{ id: "b", crop: null }],
  words: "",
};
const file = (name: string) => new File([name], name);
const item = (id: string, altText: string): Item => ({
  id,
  file: file(id),
  name: id,
  altText,
  people: [{ handle: "ann", x: 0.5, y: 0.5 }],
  type: "image/jpeg",
  video: null,
  sha256: "00",
  crop: id === "b" ? { x: 0, y: 0.25, width: 1, height: 0.5 } : null,
  cropped: null,
  preview: "blob:gone-after-a-reload",
  inside: "none",
  problem: null,
  unfinished: null,
});
const draft: Draft = {
  items: [item("a", "A lake"), item("b", "")],
  caption: "Hi",
  place: null,
  takenAt: "2024-05-04T10:30:00Z",
  keepsCapture: true,
  isSensitive: false,
  commentsFrom: "followers",
  publishAt: "2026-05-04T12:30",
  server: SERVER,
  declaring: DECLARING,
  note: "Some note",
  refusal: null,
};

test("all that was said is kept, and nothing that only this page knows", () => {
  const kept = keptOf(draft);
  assert.equal(JSON.stringify(kept).includes("blob:"), false);
  const { items, ...said } = kept;
  assert.deepEqual(said, {
    caption: "Hi",
    place: null,
    takenAt: "2024-05-04T10:30:00Z",
    keepsCapture: true,
    isSensitive: false,
    commentsFrom: "followers",
    publishAt: "2026-05-04T12:30",
    server: SERVER,
    declaring: DECLARING,
  });
  assert.deepEqual(
    items.map(({ id, altText, crop }) => [id, altText, crop?.height]),
    [
      ["a", "A lake", undefined],
      ["b", "", 0.5],
    ],
  );
});

test("items come back in their order with their files; those without one are left out", () => {
  const kept = keptOf(draft);
  const [one, two] = [file("again-a"), file("again-b")];
  const both = itemsOf(
    kept,
    new Map([
      ["b", two],
      ["a", one],
    ]),
  );
  assert.deepEqual(
    both.map((again) => [again.id, again.file?.name, again.preview, again.sha256]),
    [
      ["a", "again-a", null, "00"],
      ["b", "again-b", null, "00"],
    ],
  );
  assert.deepEqual(
    itemsOf(kept, new Map([["b", two]])).map(({ id }) => id),
    ["b"],
  );
});

test("what only the service has comes back without a file", () => {
  const elsewhere = { ...item("c", "A sea"), file: null, name: "Photo 1" };
  const [again] = itemsOf(keptOf({ ...draft, items: [elsewhere] }), new Map());
  assert.deepEqual([again?.file, again?.name, again?.altText], [null, "Photo 1", "A sea"]);
});

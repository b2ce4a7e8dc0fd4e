/** Enlarging a picture, moving it, and going on to the next one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bounded,
  FIT,
  fitted,
  largest,
  panned,
  pinched,
  swipeOf,
  type View,
  zoomed,
} from "../src/viewer/geometry.ts";
import { beside, isNearEnd } from "../src/viewer/sequence.ts";
import { awaitSharper, isBlurred } from "../src/viewer/sharper.ts";

const STAGE = { width: 400, height: 800 };
const SHOWN = { width: 400, height: 300 };

/** The point of the picture, measured from its middle when it fits, that is shown at a point. */
function shownAt(view: View, at: { x: number; y: number }): [number, number] {
  return [(at.x - view.x) / view.scale, (at.y - view.y) / view.scale];
}

test("a picture fits by the side that is short of room", () => {
  assert.deepEqual(fitted({ width: 4000, height: 3000 }, STAGE), SHOWN);
  assert.deepEqual(fitted({ width: 100, height: 400 }, STAGE), { width: 200, height: 800 });
});

test("a large picture can be enlarged beyond its own pixels, a small one three times", () => {
  assert.equal(largest({ width: 4000, height: 3000 }, SHOWN, 2), 10);
  assert.equal(largest({ width: 300, height: 225 }, SHOWN, 2), 3);
});

test("what is under the pointer stays there while it is enlarged", () => {
  const at = { x: 90, y: -60 };
  const before = { scale: 2, x: 30, y: 10 };
  for (const by of [0.6, 1, 1.7, 3]) {
    const after = zoomed(before, by, at);
    assert.equal(after.scale, 2 * by);
    shownAt(after, at).forEach((value, index) => {
      assert.ok(Math.abs(value - shownAt(before, at)[index]!) < 1e-9);
    });
  }
});

test("two fingers keep what they hold", () => {
  const from = [
    { x: -50, y: 0 },
    { x: 50, y: 0 },
  ] as const;
  const to = [
    { x: -80, y: 40 },
    { x: 120, y: 40 },
  ] as const;
  const after = pinched(FIT, from, to);
  assert.equal(after.scale, 2);
  for (const finger of [0, 1] as const) {
    assert.deepEqual(shownAt(after, to[finger]), [from[finger].x, from[finger].y]);
  }
});

test("no gap opens at an edge, and what is smaller than the stage stays in its middle", () => {
  const far = panned({ scale: 2, x: 0, y: 0 }, { x: 1000, y: -1000 });
  // 800 x 600 on a stage of 400 x 800: 200 pixels to each side, none up or down.
  assert.deepEqual(bounded(far, SHOWN, STAGE, 5), { scale: 2, x: 200, y: 0 });
  assert.deepEqual(bounded({ scale: 0.4, x: 9, y: 9 }, SHOWN, STAGE, 5), FIT);
  assert.equal(bounded({ scale: 40, x: 0, y: 0 }, SHOWN, STAGE, 5).scale, 5);
});

test("a swipe goes on, a pull down closes, and what is short does nothing", () => {
  assert.equal(swipeOf({ x: -90, y: 10 }, 400, false), "next");
  assert.equal(swipeOf({ x: 90, y: 10 }, 400, false), "previous");
  assert.equal(swipeOf({ x: -90, y: 10 }, 400, true), "previous");
  assert.equal(swipeOf({ x: -30, y: 0 }, 30, false), "next");
  assert.equal(swipeOf({ x: -30, y: 0 }, 400, false), null);
  assert.equal(swipeOf({ x: 20, y: 140 }, 500, false), "close");
  assert.equal(swipeOf({ x: 20, y: -140 }, 500, false), null);
  assert.equal(swipeOf({ x: 2, y: 3 }, 1, false), null);
});

const POSTS = [
  { id: "a", media: [1, 2] },
  { id: "b", media: [1] },
  { id: "c", media: [1, 2, 3] },
];

test("after an album's last picture comes the next post's first", () => {
  const walk = [];
  for (let spot = beside(POSTS, { id: "a", index: 0 }, 1); spot; spot = beside(POSTS, spot, 1))
    walk.push(`${spot.id}${spot.index}`);
  assert.deepEqual(walk, ["a1", "b0", "c0", "c1", "c2"]);
  assert.deepEqual(beside(POSTS, { id: "c", index: 0 }, -1), { id: "b", index: 0 });
  assert.deepEqual(beside(POSTS, { id: "b", index: 0 }, -1), { id: "a", index: 1 });
  assert.equal(beside(POSTS, { id: "a", index: 0 }, -1), null);
  assert.equal(beside(POSTS, { id: "gone", index: 0 }, 1), null);
});

test("further posts are read before the last one is reached", () => {
  assert.equal(isNearEnd(POSTS, { id: "a", index: 0 }, 2), false);
  assert.equal(isNearEnd(POSTS, { id: "b", index: 0 }, 2), true);
});

const rendition = (width: number) => ({
  name: `${width}.webp`,
  url: `/media/${width}.webp`,
  content_type: "image/webp",
  width,
  height: width,
});

test("a picture is blurred once it is drawn over more pixels of the screen than it has", () => {
  const renditions = [rendition(1080), rendition(320)];
  assert.ok(!isBlurred(renditions, 540, 2));
  assert.ok(isBlurred(renditions, 541, 2));
  assert.ok(!isBlurred(renditions, 1080, 1));
});

test("a sharper picture is asked for until it is made", async () => {
  const answers = [null, null, rendition(2048)];
  const pauses: number[] = [];
  const pause = async (milliseconds: number) => void pauses.push(milliseconds);
  const ask = async () => ({ rendition: answers.shift() ?? null });
  assert.equal((await awaitSharper(ask, () => true, pause))?.width, 2048);
  assert.deepEqual(pauses, [2000, 2000]);
});

test("nobody asks for ever, nor for a picture that one has left", async () => {
  let asked = 0;
  const ask = async () => {
    asked += 1;
    return { rendition: null };
  };
  const pause = async () => undefined;
  assert.equal(await awaitSharper(ask, () => true, pause), null);
  assert.equal(asked, 8);
  assert.equal(await awaitSharper(ask, () => asked < 9, pause), null);
  assert.equal(asked, 9);
});

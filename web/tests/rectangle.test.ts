/** The part of a picture that is shown, as it is dragged. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cropOf,
  gripAt,
  leastOf,
  moved,
  pointWithin,
  type Rectangle,
  resized,
  shaped,
  WHOLE,
} from "../src/cropping/rectangle.ts";

const HALF: Rectangle = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
const LEAST = { width: 0.1, height: 0.1 };

function near(actual: Rectangle, x: number, y: number, width: number, height: number): void {
  for (const [name, value] of Object.entries({ x, y, width, height })) {
    const found = actual[name as keyof Rectangle];
    assert.ok(Math.abs(found - value) < 1e-9, `${name} is ${found}, not ${value}`);
  }
}

test("it stays within the picture, however far it is moved", () => {
  near(moved(HALF, 0.1, -0.1), 0.35, 0.15, 0.5, 0.5);
  near(moved(HALF, 9, -9), 0.5, 0, 0.5, 0.5);
});

test("an edge or a corner is dragged, and the others stay", () => {
  near(resized(HALF, { x: 1, y: 0 }, [0.1, 0.3], LEAST, null), 0.25, 0.25, 0.6, 0.5);
  near(resized(HALF, { x: -1, y: -1 }, [0.1, -0.1], LEAST, null), 0.35, 0.15, 0.4, 0.6);
  near(resized(HALF, { x: -1, y: 1 }, [-9, 9], LEAST, null), 0, 0.25, 0.75, 0.75);
  near(resized(HALF, { x: 1, y: 1 }, [-9, -9], LEAST, null), 0.25, 0.25, 0.1, 0.1);
});

test("a shape is kept while it is dragged", () => {
  near(resized(HALF, { x: 1, y: 1 }, [0.1, 0], LEAST, 1), 0.25, 0.25, 0.6, 0.6);
  near(resized(HALF, { x: -1, y: -1 }, [0, -0.1], LEAST, 1), 0.15, 0.15, 0.6, 0.6);
  near(resized(HALF, { x: 1, y: 0 }, [0.1, 0], LEAST, 1), 0.25, 0.2, 0.6, 0.6);
  near(resized(HALF, { x: 1, y: 1 }, [9, 9], LEAST, 0.5), 0.25, 0.25, 0.375, 0.75);
  near(resized(HALF, { x: 1, y: 1 }, [-9, -9], LEAST, 2), 0.25, 0.25, 0.2, 0.1);
});

test("a shape is chosen as large as it can be, around the same middle", () => {
  near(shaped(WHOLE, 0.5), 0.25, 0, 0.5, 1);
  near(shaped(WHOLE, 2), 0, 0.25, 1, 0.5);
  near(shaped({ ...HALF, x: 0 }, 0.5), 0, 0, 0.5, 1);
});

test("a pointer takes hold of what is near", () => {
  const reach = { width: 0.05, height: 0.05 };
  assert.deepEqual(gripAt(HALF, [0.24, 0.76], reach), { x: -1, y: 1 });
  assert.deepEqual(gripAt(HALF, [0.5, 0.27], reach), { x: 0, y: -1 });
  assert.deepEqual(gripAt(HALF, [0.5, 0.5], reach), { x: 0, y: 0 });
  assert.equal(gripAt(HALF, [0.1, 0.5], reach), null);
});

test("it is sent in the units of the API, and all of the picture is no crop", () => {
  assert.deepEqual(cropOf({ x: 1 / 3, y: 0, width: 1 / 3, height: 1 }), {
    x: 0.3333,
    y: 0,
    width: 0.3334,
    height: 1,
  });
  assert.equal(cropOf(WHOLE), null);
  assert.equal(cropOf({ x: 0.00001, y: 0, width: 0.99999, height: 1 }), null);
});

test("as much is left as the API wants", () => {
  assert.deepEqual(leastOf({ width: 640, height: 32 }), { width: 0.1, height: 1 });
  assert.equal(leastOf({ width: 64_000, height: 640 }).width, 0.01);
});

test("whoever is tagged stays where they are in the picture", () => {
  const person = { handle: "ann", x: 0.5, y: 0.25 };
  assert.deepEqual(pointWithin(person, null, HALF), { handle: "ann", x: 0.5, y: 0 });
  assert.deepEqual(pointWithin(pointWithin(person, null, HALF), HALF, null), person);
  assert.equal(pointWithin({ x: 0, y: 0 }, null, HALF).x, 0);
});

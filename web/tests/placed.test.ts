import assert from "node:assert/strict";
import test from "node:test";
import { bareHandle, moved, pointIn, STEPS } from "../src/naming/placed.ts";

const box = { left: 100, top: 50, width: 200, height: 400 };

test("a press on a picture is a share of its width and height", () => {
  assert.deepEqual(pointIn(box, 150, 250), { x: 0.25, y: 0.5 });
  assert.deepEqual(pointIn(box, 90, 1000), { x: 0, y: 1 });
});

test("an arrow key moves a name by a step, and never out of the picture", () => {
  assert.deepEqual(moved({ x: 0.5, y: 0.5 }, STEPS.ArrowLeft!), { x: 0.45, y: 0.5 });
  assert.deepEqual(moved({ x: 0.98, y: 0 }, STEPS.ArrowRight!), { x: 1, y: 0 });
  assert.deepEqual(moved({ x: 0.5, y: 0.02 }, STEPS.ArrowUp!), { x: 0.5, y: 0 });
});

test("a handle is taken with or without its @, in any case", () => {
  for (const typed of ["ann", "@Ann ", " ANN"]) assert.equal(bareHandle(typed), "ann");
  assert.equal(bareHandle(" @ "), "");
});

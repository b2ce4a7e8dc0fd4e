import assert from "node:assert/strict";
import test from "node:test";
import { completed, typedHandle } from "../src/answers/typing.ts";

test("a handle is being typed where an @ and letters stand before the caret", () => {
  assert.deepEqual(typedHandle("Look, @an", 9), { start: 6, typed: "an" });
  assert.deepEqual(typedHandle("@An.na", 6), { start: 0, typed: "An.na" });
  assert.deepEqual(typedHandle("with @anna and more", 8), { start: 5, typed: "an" });
  for (const [text, caret] of [
    ["", 0],
    ["@", 1],
    ["Look, @an ", 10],
    ["me@example", 10],
    ["@@anna", 6],
    ["https://example.com/@anna", 25],
    ["no one", 6],
  ] as const) {
    assert.equal(typedHandle(text, caret), null, text);
  }
});

test("a completed handle is followed by one space, and the caret", () => {
  assert.deepEqual(completed("Look, @an", 9, "anna"), { text: "Look, @anna ", caret: 12 });
  assert.deepEqual(completed("with @an and Ben", 8, "anna"), {
    text: "with @anna and Ben",
    caret: 11,
  });
});

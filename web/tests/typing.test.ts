import assert from "node:assert/strict";
import test from "node:test";
import { completed, isSending, listKey, typedHandle } from "../src/answers/typing.ts";

test("a handle is being typed where an @ and letters stand before the caret", () => {
  assert.deepEqual(typedHandle("Look, @an", 9), { start: 6, typed: "an" });
  assert.deepEqual(typedHandle("@An.na", 6), { start: 0, typed: "An.na" });
  assert.deepEqual(typedHandle("Thanks.@an", 10), { start: 7, typed: "an" });
  assert.deepEqual(typedHandle("写真は@an", 6), { start: 3, typed: "an" });
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

const PLAIN = {
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
};

test("while people are listed, keys go through them, take one or close the list", () => {
  const meant = (key: string) => listKey({ ...PLAIN, key });
  assert.deepEqual(["ArrowDown", "ArrowUp"].map(meant), [1, -1]);
  assert.deepEqual(["Enter", "Tab", "Escape", "a"].map(meant), ["take", "take", "close", null]);
});

test("Enter with Ctrl or Cmd sends and takes nobody, and with Shift it begins a line", () => {
  for (const held of [{ ctrlKey: true }, { metaKey: true }]) {
    const event = { ...PLAIN, key: "Enter", ...held };
    assert.equal(isSending(event), true);
    assert.equal(listKey(event), null);
  }
  const event = { ...PLAIN, key: "Enter", shiftKey: true };
  assert.equal(isSending(event), false);
  assert.equal(listKey(event), null);
});

test("what an input method composes is neither sent nor taken", () => {
  const event = { ...PLAIN, key: "Enter", isComposing: true };
  assert.equal(listKey(event), null);
  assert.equal(isSending({ ...event, ctrlKey: true }), false);
});

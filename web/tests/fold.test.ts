import assert from "node:assert/strict";
import { test } from "node:test";
import { foldTag } from "../src/fold.ts";

test("case, width and accents make no other hashtag", () => {
  for (const tag of ["café", "CAFÉ", "cafe\u0301", "ｃａｆé"]) assert.equal(foldTag(tag), "cafe");
  assert.equal(foldTag("Straße"), "strasse");
  assert.equal(foldTag("Tromsø"), "tromso");
  assert.equal(foldTag("🏔\ufe0f"), "🏔");
});

test("a mark that makes another letter stays", () => {
  assert.notEqual(foldTag("が"), foldTag("か"));
});

test("what is folded stays as it is", () => {
  for (const tag of ["cafe", "sea_side", "山", "tromso"]) assert.equal(foldTag(tag), tag);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { isVideo, sniff } from "../src/upload/sniff.ts";
import { sniffing } from "./vectors.ts";

for (const { type, magic } of sniffing()) {
  test(`${type} by ${JSON.stringify(magic.slice(0, 24))}`, () => {
    assert.equal(sniff(Uint8Array.from(magic, (character) => character.charCodeAt(0))), type);
  });
}

test("only videos are videos", () => {
  assert.equal(isVideo("video/quicktime"), true);
  assert.equal(isVideo("image/gif"), false);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, t } from "../src/language.ts";

test("places in a sentence are filled, and nothing else that looks like one", () => {
  assert.equal(t("Follow @{handle}", { handle: "{anna}" }), "Follow @{anna}");
  assert.equal(t("{count} of {total}", { count: 0, total: 2 }), "0 of 2");
  assert.equal(t("Say {this}"), "Say {this}");
});

test("a sentence about a number has two forms in English", () => {
  assert.equal(counted(1, "{count} like", "{count} likes"), "1 like");
  assert.equal(counted(0, "{count} like", "{count} likes"), "0 likes");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, clock, count, fileSize, linkify, plural } from "../src/text.ts";

const links = (caption: string) =>
  linkify(caption).flatMap(({ text, href }) => (href === undefined ? [] : [[text, href]]));

test("the pieces of a caption are the caption", () => {
  const caption = "Above #Tromsø with @Maya.Lind, #1 of 3 &#38; <b>#x</b>\n@tomas!";
  assert.equal(linkify(caption).map(({ text }) => text).join(""), caption);
});

test("hashtags in any script, with emoji, but no numbers", () => {
  assert.deepEqual(links("#sea_side #山 #🏔️ #1 #2024"), [
    ["#sea_side", "/tags/sea_side"],
    ["#山", `/tags/${encodeURIComponent("山")}`],
    ["#🏔️", `/tags/${encodeURIComponent("🏔️")}`],
  ]);
});

test("handles end where their rules do", () => {
  assert.deepEqual(links("@Maya.Lind. @ab @tomas_r @@no me@example.com"), [
    ["@Maya.Lind", "/u/maya.lind"],
    ["@tomas_r", "/u/tomas_r"],
  ]);
});

test("no links within addresses, words and entities", () => {
  assert.deepEqual(links("https://example.com/#top a#b &#39;"), []);
});

test("times are as short as can be", () => {
  const now = Date.parse("2026-07-15T12:00:00Z");
  const cases: [string, string][] = [
    ["2026-07-15T11:59:30Z", "now"],
    ["2026-07-15T12:00:30Z", "now"], // clocks differ
    ["2026-07-15T11:55:00Z", "5 min"],
    ["2026-07-15T09:00:00Z", "3 h"],
    ["2026-07-13T11:00:00Z", "2 d"],
    ["2026-03-05T12:00:00Z", "Mar 5"],
    ["2024-03-05T12:00:00Z", "Mar 5, 2024"],
  ];
  for (const [time, expected] of cases) assert.equal(ago(time, now), expected);
});

test("counts, sizes and lengths", () => {
  assert.deepEqual([count(9999), count(12_345), count(3_400_000)], ["9,999", "12.3K", "3.4M"]);
  assert.deepEqual([plural(1, "post"), plural(2, "post")], ["1 post", "2 posts"]);
  assert.deepEqual([fileSize(900), fileSize(5_646_696), fileSize(300 * 1024 * 1024)], ["900 bytes", "5.4 MB", "300 MB"]);
  assert.deepEqual([clock(6_000), clock(165_400)], ["0:06", "2:45"]);
});

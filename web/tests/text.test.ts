import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, clock, count, day, fileSize, fullDate } from "../src/text.ts";

test("times are as short as can be", () => {
  const now = Date.parse("2026-07-15T12:00:00Z");
  const cases: [string, string][] = [
    ["2026-07-15T11:59:30Z", "now"],
    ["2026-07-15T12:00:30Z", "now"], // clocks differ
    ["2026-07-15T11:55:00Z", "5 min"],
    ["2026-07-15T09:00:00Z", "3 hr"],
    ["2026-07-13T11:00:00Z", "2 days"],
    ["2026-03-05T12:00:00Z", "Mar 5"],
    ["2024-03-05T12:00:00Z", "Mar 5, 2024"],
  ];
  for (const [time, expected] of cases) assert.equal(ago(time, now, "en"), expected);
});

/** A text with the spaces that keep its words together as usual ones. */
const plain = (text: string) => text.replace(/\s/g, " ");

test("dates are written as the reader's language has them", () => {
  const time = "2024-03-05T12:00:00Z";
  const now = Date.parse("2026-07-15T12:00:00Z");
  assert.deepEqual([ago(time, now, "de"), ago(time, now, "en-GB")], ["5. März 2024", "5 Mar 2024"]);
  assert.deepEqual([day(time, "fr"), day(time, "ja")], ["5 mars 2024", "2024年3月5日"]);
  assert.match(fullDate(time, "de"), /^5\. März 2024/);
  const minutes = (locale: string) => ago("2026-07-15T11:55:00Z", now, locale);
  assert.deepEqual(["de", "fr", "ja"].map(minutes).map(plain), ["5 Min.", "5 min", "5 分"]);
  assert.equal(ago("2026-07-15T12:00:00Z", now, "es"), "ahora");
  assert.deepEqual([fileSize(5_646_696, "de"), fileSize(5_646_696, "fr")].map(plain), [
    "5,4 MB",
    "5,4 Mo",
  ]);
});

test("counts, sizes and lengths", () => {
  assert.deepEqual([count(9999), count(12_345), count(3_400_000)], ["9,999", "12.3K", "3.4M"]);
  assert.deepEqual(
    [fileSize(900), fileSize(5_646_696), fileSize(300 * 1024 * 1024)],
    ["900 bytes", "5.4 MB", "300 MB"],
  );
  assert.deepEqual([clock(6_000), clock(165_400)], ["0:06", "2:45"]);
});

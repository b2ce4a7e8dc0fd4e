import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, clock, count, day, fileSize, fullDate, linkify, plural } from "../src/text.ts";

const links = (caption: string) =>
  linkify(caption).flatMap(({ text, href }) => (href === undefined ? [] : [[text, href]]));

test("the pieces of a caption are the caption", () => {
  const caption = "Above #Tromsø with @Maya.Lind, #1 of 3 &#38; <b>#x</b>\n@tomas!";
  assert.equal(
    linkify(caption)
      .map(({ text }) => text)
      .join(""),
    caption,
  );
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

test("no hashtags within addresses, words and entities", () => {
  assert.deepEqual(links("a#b &#39; example.com/#top"), []);
  assert.deepEqual(links("https://example.com/@maya/#top"), [
    ["https://example.com/@maya/#top", "https://example.com/@maya/#top"],
  ]);
});

test("web addresses end where the sentence goes on", () => {
  const cases: [string, string][] = [
    ["See https://example.com/a.", "https://example.com/a"],
    ["(https://example.com/a)", "https://example.com/a"],
    ["https://example.com/a_(b), and", "https://example.com/a_(b)"],
    ["“http://example.com/?q=1&r=2”!", "http://example.com/?q=1&r=2"],
    ["https://example.com/...", "https://example.com/"],
  ];
  for (const [text, expected] of cases)
    assert.deepEqual(
      links(text).map(([piece]) => piece),
      [expected],
    );
  for (const [text] of cases)
    assert.equal(
      linkify(text)
        .map((piece) => piece.text)
        .join(""),
      text,
    );
});

test("only web addresses that show where they lead become links", () => {
  for (const text of [
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "xhttps://example.com",
    "https://",
    "https://paypal.com@example.com/",
    "https://user:password@example.com",
  ]) {
    assert.deepEqual(
      links(text).filter(([, href]) => !href?.startsWith("/u/")),
      [],
      text,
    );
  }
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
  for (const [time, expected] of cases) assert.equal(ago(time, now, "en"), expected);
});

test("dates are written as the reader's language has them", () => {
  const time = "2024-03-05T12:00:00Z";
  const now = Date.parse("2026-07-15T12:00:00Z");
  assert.deepEqual([ago(time, now, "de"), ago(time, now, "en-GB")], ["5. März 2024", "5 Mar 2024"]);
  assert.deepEqual([day(time, "fr"), day(time, "ja")], ["5 mars 2024", "2024年3月5日"]);
  assert.match(fullDate(time, "de"), /^5\. März 2024/);
  const own = new Intl.DateTimeFormat(undefined, { dateStyle: "long" }).format(new Date(time));
  assert.equal(day(time), own);
});

test("counts, sizes and lengths", () => {
  assert.deepEqual([count(9999), count(12_345), count(3_400_000)], ["9,999", "12.3K", "3.4M"]);
  assert.deepEqual([plural(1, "post"), plural(2, "post")], ["1 post", "2 posts"]);
  assert.deepEqual(
    [fileSize(900), fileSize(5_646_696), fileSize(300 * 1024 * 1024)],
    ["900 bytes", "5.4 MB", "300 MB"],
  );
  assert.deepEqual([clock(6_000), clock(165_400)], ["0:06", "2:45"]);
});

test("of handles, only those that lead to the person who is meant become links", () => {
  const pieces = linkify("With @Anna and @ben #lake", ["anna"]);
  assert.deepEqual(
    pieces.filter(({ href }) => href !== undefined).map(({ text, href }) => [text, href]),
    [
      ["@Anna", "/u/anna"],
      ["#lake", "/tags/lake"],
    ],
  );
  assert.equal(pieces.map(({ text }) => text).join(""), "With @Anna and @ben #lake");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { foldTag } from "../src/fold.ts";
import { linkify } from "../src/linkify.ts";
import { links as vectors } from "./vectors.ts";

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

test("hashtags and mentions are those that the API finds", () => {
  for (const { text, mentions, hashtags } of vectors()) {
    const found = links(text).map(([piece]) => piece!);
    const handles = found.filter((piece) => piece.startsWith("@"));
    const tags = found.filter((piece) => /^[#＃﹟]/u.test(piece));
    assert.deepEqual([...new Set(handles.map(bare))], mentions, text);
    assert.deepEqual(folded(tags.map((tag) => tag.slice(1))), folded(hashtags), text);
  }
});

function bare(handle: string): string {
  return handle.slice(1).toLowerCase();
}

function folded(tags: readonly string[]): string[] {
  return [...new Set(tags.map(foldTag))];
}

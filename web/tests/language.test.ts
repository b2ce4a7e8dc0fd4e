import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, t } from "../src/language.ts";
import { directionOf, type Messages, shortened, speaking } from "../src/sentences.ts";

const speak = (language: string, messages: Messages, locale: string) =>
  speaking(language, shortened(messages), locale);

test("places in a sentence are filled, and nothing else that looks like one", () => {
  assert.equal(t("Follow @{handle}", { handle: "{anna}" }), "Follow @{anna}");
  assert.equal(t("{count} of {total}", { count: 0, total: 2 }), "0 of 2");
  assert.equal(t("Say {this}"), "Say {this}");
});

test("a sentence about a number has two forms in English", () => {
  assert.equal(counted(1, "{count} like", "{count} likes"), "1 like");
  assert.equal(counted(0, "{count} like", "{count} likes"), "0 likes");
  assert.equal(counted(12_345, "{count} like", "{count} likes"), "12.3K likes");
});

test("what has a translation is in the reader's language, and the rest in English", () => {
  const { t, translated } = speak("de", { "Follow @{handle}": "@{handle} folgen" }, "de");
  assert.equal(t("Follow @{handle}", { handle: "anna" }), "@anna folgen");
  assert.equal(t("Not known"), "Not known");
  assert.equal(translated("error busy"), undefined);
});

test("a number chooses the form of its language, and looks as its country has it", () => {
  const forms = {
    zero: "no photo",
    one: "a photo",
    two: "two photos",
    few: "{count} few",
    many: "{count} many",
    other: "{count} other",
  };
  const arabic = speak("ar", { "{count} photos": forms }, "en");
  const said = (count: number) => arabic.counted(count, "{count} photo", "{count} photos");
  assert.deepEqual(
    [0, 1, 2, 3, 11, 100].map(said).map((text) => text.replace(/[\u2068\u2069]/g, "")),
    ["no photo", "a photo", "two photos", "3 few", "11 many", "100 other"],
  );
  const german = speak("de", { "{count} likes": { one: "{count}x", other: "{count}y" } }, "de");
  assert.equal(german.counted(1234, "{count} like", "{count} likes"), "1.234y");
  const french = speak("fr", { "{count} likes": { one: "{count} un", other: "{count} x" } }, "fr");
  assert.equal(french.counted(0, "{count} like", "{count} likes"), "0 un");
});

test("elements stand where their language has them", () => {
  const name = { type: "a" } as never;
  const { parts, countedParts } = speak("de", { "Ask {name} again": "{name} neu fragen" }, "de");
  assert.deepEqual(parts("Ask {name} again", { name }), ["", name, " neu fragen"]);
  assert.deepEqual(parts("Ask {name} first", { name }), ["Ask ", name, " first"]);
  const likes = countedParts(2, "{name} and {count}", "{name} and {count} others", { name });
  assert.deepEqual(likes, ["", name, " and ", "2", " others"]);
});

test("a handle keeps its sign in front of it between words that run from right to left", () => {
  const { t } = speak("ar", {}, "ar");
  assert.equal(t("Follow @{handle}", { handle: "anna" }), "Follow \u2068@anna\u2069");
  assert.deepEqual(["ar", "de"].map(directionOf), ["rtl", "ltr"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { codesOfApi, compared, messagesOfLanguages, sentencesOfSources } from "../messages.ts";
import { LANGUAGES } from "../src/languages.ts";

const { sentences, faults } = sentencesOfSources();

test("the text of every sentence is a literal", () => {
  assert.deepEqual(
    faults.filter((fault) => fault.includes("no literal")),
    [],
  );
  assert.ok(sentences.has("Follow"));
});

test("each language says what its sentences say, in all its forms", () => {
  const languages = messagesOfLanguages();
  assert.deepEqual(["en", ...languages.keys()].sort(), Object.keys(LANGUAGES).sort());
  for (const [language, messages] of languages) {
    const { wrong } = compared(language, messages, sentences, codesOfApi());
    assert.deepEqual(wrong, [], language);
  }
});

test("a message must have its sentence's places, and the forms of its language", () => {
  const said = new Map([
    ["Follow @{handle}", { text: "Follow @{handle}", isCounted: false }],
    ["{count} likes", { text: "{count} likes", isCounted: true }],
  ]);
  const wrong = (language: string, messages: Parameters<typeof compared>[1]) =>
    compared(language, messages, said, []).wrong;
  assert.deepEqual(wrong("de", { "Follow @{handle}": "Folgen" }), ["Follow @{handle}"]);
  assert.deepEqual(wrong("de", { "Follow @{handle}": "{handle} folgen" }), []);
  assert.deepEqual(wrong("de", { "{count} likes": "{count} Likes" }), ["{count} likes"]);
  assert.deepEqual(wrong("ja", { "{count} likes": "いいね{count}件" }), []);
  const two = { one: "{count} Like", other: "{count} Likes" };
  assert.deepEqual(wrong("de", { "{count} likes": two }), []);
  assert.deepEqual(wrong("fr", { "{count} likes": { ...two, many: "{count} de likes" } }), []);
  assert.deepEqual(wrong("ar", { "{count} likes": two }), ["{count} likes"]);
  assert.deepEqual(compared("de", { Gone: "Weg" }, said, ["error busy"]), {
    missing: ["Follow @{handle}", "{count} likes", "error busy"],
    unused: ["Gone"],
    wrong: [],
  });
});

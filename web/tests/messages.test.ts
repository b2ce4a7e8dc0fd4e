import assert from "node:assert/strict";
import { test } from "node:test";
import {
  codesOfApi,
  compared,
  faultsOf,
  messagesOfLanguages,
  sentencesOfSources,
} from "../messages.ts";
import { LANGUAGES } from "../src/languages.ts";

const { sentences, faults } = sentencesOfSources();

test("whatever people read is a sentence whose text is a literal", () => {
  assert.deepEqual(faults, []);
  assert.ok(sentences.has("Follow"));
});

// `node --run messages` says what to write, and takes out what is not used.
for (const [language, messages] of messagesOfLanguages()) {
  test(`${LANGUAGES[language]} has every sentence in all its forms, and no other`, () => {
    const nothing = { missing: [], unused: [], wrong: [] };
    assert.deepEqual(compared(language, messages, sentences, codesOfApi()), nothing);
  });
}

test("every language that can be chosen has its messages", () => {
  const names = ["en", ...messagesOfLanguages().keys()];
  assert.deepEqual(names.sort(), Object.keys(LANGUAGES).sort());
});

test("a text that is in no call is found, and a call whose text is put together", () => {
  const found = faultsOf(`
    import { t } from "./language.ts";
    export const A = () => <p title="Not translated">{isOpen ? "Hide" : t("Show")} all</p>;
    export const b = t("Follow " + name);
    toast("Comment deleted.");
    const c = { class: "dialog-small", key: "Enter" };
  `);
  assert.deepEqual(
    found.map((fault) => fault.split(": ")[2]),
    ['"Not translated"', '"Hide"', "all", 't("Follow " + name)', '"Comment deleted."'],
  );
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

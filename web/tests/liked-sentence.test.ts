import assert from "node:assert/strict";
import test from "node:test";
import { likedSentence } from "../src/answers/liked-sentence.ts";

test("the others are those who are neither named nor oneself", () => {
  const by = (isOn: boolean, count: number, named?: string) =>
    likedSentence({ isOn, count }, named);
  assert.deepEqual(by(false, 13, "anna"), { you: false, named: "anna", others: 12 });
  assert.deepEqual(by(true, 14, "anna"), { you: true, named: "anna", others: 12 });
  assert.deepEqual(by(true, 13), { you: true, named: undefined, others: 12 });
  assert.deepEqual(by(true, 1), { you: true, named: undefined, others: 0 });
  assert.deepEqual(by(false, 1, "anna"), { you: false, named: "anna", others: 0 });
});

test("nobody is told of where nobody likes it, or nobody is known", () => {
  assert.equal(likedSentence({ isOn: false, count: 13 }, undefined), null);
  assert.equal(likedSentence({ isOn: false, count: 0 }, "anna"), null);
});

test("whoever is named may have taken the like back", () => {
  const sentence = likedSentence({ isOn: true, count: 1 }, "anna");
  assert.deepEqual(sentence, { you: true, named: "anna", others: 0 });
});

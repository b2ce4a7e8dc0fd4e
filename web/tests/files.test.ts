import assert from "node:assert/strict";
import { test } from "node:test";
import { type Files, lighter, withFile } from "../src/files.ts";

const NAMES = 500;
const PICTURES = 60;
const id = (number: number) => String(number).padStart(4, "0");
const many = (count: number): Files =>
  Object.fromEntries(
    Array.from({ length: count }, (_, number) => [
      id(number),
      { name: `${number}.jpg`, thumb: "data:", isReceived: true, sentAt: null, isKept: false },
    ]),
  );
const pictures = (files: Files) =>
  Object.values(files).filter(({ thumb }) => thumb !== null).length;

test("what is found out of a file adds to what is known of it", () => {
  const named = withFile({}, "m", { name: "lake.jpg" });
  const sent = withFile(named, "m", { isReceived: true });
  const facts = { name: "lake.jpg", thumb: null, isReceived: true, sentAt: null, isKept: false };
  assert.deepEqual(sent, { m: facts });
});

test("names are kept for longer than pictures, and the newest of both", () => {
  const files = withFile(many(NAMES), id(NAMES), { name: "new.jpg", thumb: "data:" });
  assert.equal(Object.keys(files).length, NAMES);
  assert.equal(files[id(0)], undefined);
  assert.equal(pictures(files), PICTURES);
  assert.equal(files[id(NAMES)]!.thumb, "data:");
  assert.equal(files[id(1)]!.name, "1.jpg");
  assert.equal(files[id(1)]!.thumb, null);
});

test("with less and less room the pictures go first, then the oldest names", () => {
  const tried = [...lighter(many(8))];
  assert.deepEqual(tried.map(pictures), [8, 0, 0, 0, 0]);
  assert.deepEqual(
    tried.map((files) => Object.keys(files).length),
    [8, 8, 4, 2, 1],
  );
  assert.deepEqual(Object.keys(tried.at(-1)!), [id(7)]);
});

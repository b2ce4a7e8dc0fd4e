/** The styles turn round by themselves where one reads from right to left. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const SOURCES = new URL("../src/", import.meta.url);
const PHYSICAL =
  /^\s*(left|right|float|clear|(margin|padding|border)-(left|right)[\w-]*)\s*:|:\s*(left|right)\s*;/;
/** The middle is the same from both sides. */
const MIDDLE = /^\s*left: 50%;/;

test("no style says left or right", () => {
  const names = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
  const sheets = names.filter((name) => name.endsWith(".css"));
  assert.ok(sheets.length > 20);
  const found = sheets.flatMap((name) =>
    readFileSync(new URL(name, SOURCES), "utf8")
      .split("\n")
      .filter((line) => PHYSICAL.test(line) && !MIDDLE.test(line))
      .map((line) => `${name}: ${line.trim()}`),
  );
  assert.deepEqual(found, []);
});

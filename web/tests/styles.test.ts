/** The styles turn round by themselves where one reads from right to left, and fit between a browser's bars. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const SOURCES = new URL("../src/", import.meta.url);
const PHYSICAL =
  /^\s*(left|right|float|clear|(margin|padding|border)-(left|right)[\w-]*)\s*:|:\s*(left|right)\s*;/;
/** The middle is the same from both sides. */
const MIDDLE = /^\s*left: 50%;/;

/** The lines of all styles that are as asked. */
function linesOf(isFound: (line: string) => boolean): string[] {
  const names = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
  const sheets = names.filter((name) => name.endsWith(".css"));
  assert.ok(sheets.length > 20);
  return sheets.flatMap((name) =>
    readFileSync(new URL(name, SOURCES), "utf8")
      .split("\n")
      .filter(isFound)
      .map((line) => `${name}: ${line.trim()}`),
  );
}

test("no style says left or right", () => {
  assert.deepEqual(
    linesOf((line) => PHYSICAL.test(line) && !MIDDLE.test(line)),
    [],
  );
});

test("no height is a share of what Safari's bars cover", () => {
  assert.deepEqual(
    linesOf((line) => /\dvh\b/.test(line)),
    [],
  );
});

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as limits from "../build/limits.ts";

const SOURCES = new URL("../src/", import.meta.url);
/** Smaller numbers are all kinds of things. */
const TELLING = 2_000;

const numbers = new Set<number>(Object.values(limits).filter((limit) => typeof limit === "number"));

/** What of a source repeats one of the API's limits. */
function repeated(source: string): string[] {
  const products = source.matchAll(/\b\d[\d_]*(?:\s*\*\s*\d[\d_]*)*/g);
  const found = [...products].filter(([text]) => {
    const value = text
      .split("*")
      .reduce((product, factor) => product * Number(factor.replaceAll("_", "")), 1);
    return value >= TELLING && numbers.has(value);
  });
  const named = Object.keys(limits).filter((name) => new RegExp(`const ${name}\\b`).test(source));
  const typed = [...source.matchAll(/maxLength=\{\d+\}/g)];
  return [...found.map(([text]) => text), ...named, ...typed.map(([text]) => text)];
}

test("no source repeats a limit that the API's document declares", () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
  const sources = files.filter((name) => /\.tsx?$/.test(name));
  assert.ok(sources.length > 50);
  for (const name of sources) {
    assert.deepEqual(repeated(readFileSync(new URL(name, SOURCES), "utf8")), [], name);
  }
});

test("a limit that is repeated is found", () => {
  assert.deepEqual(repeated("const LONGEST = 2_200;"), ["2_200"]);
  assert.deepEqual(repeated("if (size > 64 * 1024 * 1024) return;"), ["64 * 1024 * 1024"]);
  assert.deepEqual(repeated("const MAX_MEDIA = 10;"), ["MAX_MEDIA"]);
  assert.deepEqual(repeated("<input maxLength={50} />"), ["maxLength={50}"]);
});

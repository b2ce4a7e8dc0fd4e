import assert from "node:assert/strict";
import { test } from "node:test";
import { arrivedBytes, codeOf, meaning, pieces } from "../src/upload/parts.ts";

const link = (number: number, size: number) => ({ number, size, url: `https://storage/${number}` });

test("parts are ranges of the file", () => {
  const planned = pieces({ part_size: 8, parts: [link(1, 8), link(2, 8), link(3, 4)] });
  assert.deepEqual(
    planned.map(({ start, end }) => [start, end]),
    [
      [0, 8],
      [8, 16],
      [16, 20],
    ],
  );
});

test("what arrived earlier is not sent again, and counts as sent", () => {
  const planned = pieces({ part_size: 8, parts: [link(3, 4)] });
  assert.deepEqual(
    planned.map(({ start, end }) => [start, end]),
    [[16, 20]],
  );
  assert.equal(arrivedBytes(20, planned), 16);
  assert.equal(arrivedBytes(20, []), 20);
});

test("a busy storage is asked again, an old link renewed, all else is the end of it", () => {
  const cases: [number, string, ReturnType<typeof meaning>][] = [
    [408, "", "passes"],
    [429, "SlowDown", "passes"],
    [500, "InternalError", "passes"],
    [503, "SlowDown", "passes"],
    [400, "RequestTimeout", "passes"],
    [403, "AccessDenied", "renew"],
    [400, "ExpiredToken", "renew"],
    [404, "NoSuchUpload", "renew"],
    [301, "PermanentRedirect", "final"],
    [307, "TemporaryRedirect", "final"],
    [400, "EntityTooLarge", "final"],
    [404, "NoSuchBucket", "final"],
    [412, "", "final"],
  ];
  for (const [status, code, expected] of cases) assert.equal(meaning(status, code), expected, code);
});

test("the storage's answer names what is wrong, a filter's in between does not", () => {
  assert.equal(
    codeOf('<?xml version="1.0"?>\n<Error><Code>EntityTooLarge</Code></Error>'),
    "EntityTooLarge",
  );
  assert.equal(codeOf("<html><title>Blocked</title></html>"), "");
});

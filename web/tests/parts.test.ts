import assert from "node:assert/strict";
import { test } from "node:test";
import { arrivedBytes, mayPass, pieces } from "../src/upload/parts.ts";

const link = (number: number, size: number) => ({ number, size, url: `https://storage/${number}` });

test("parts are ranges of the file", () => {
  const planned = pieces({ part_size: 8, parts: [link(1, 8), link(2, 8), link(3, 4)] });
  assert.deepEqual(planned.map(({ start, end }) => [start, end]), [[0, 8], [8, 16], [16, 20]]);
});

test("what arrived earlier is not sent again, and counts as sent", () => {
  const planned = pieces({ part_size: 8, parts: [link(3, 4)] });
  assert.deepEqual(planned.map(({ start, end }) => [start, end]), [[16, 20]]);
  assert.equal(arrivedBytes(20, planned), 16);
  assert.equal(arrivedBytes(20, []), 20);
});

test("a refused link stays refused, a busy storage does not", () => {
  assert.deepEqual([0, 408, 429, 500, 503].map(mayPass), Array(5).fill(true));
  assert.deepEqual([400, 403, 404, 412].map(mayPass), Array(4).fill(false));
});

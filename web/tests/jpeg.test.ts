/** Pictures within pictures. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddedJpeg } from "../src/upload/jpeg.ts";

const segment = (marker: number, ...content: number[]) => [
  0xff,
  marker,
  (content.length + 2) >> 8,
  (content.length + 2) & 0xff,
  ...content,
];
/** A JPEG as far as its markers go, with this many bytes of picture. */
const jpeg = (bytes: number, frame = 0xc0) => [
  ...[0xff, 0xd8],
  ...segment(0xdb, 1, 2, 3),
  ...segment(frame, 8, 0, 1, 0, 1, 1),
  ...segment(0xda, 1, 0),
  ...Array.from({ length: bytes }, () => 0x55),
  ...[0xff, 0x00, 0xff, 0xd9], // a byte that only looks like a marker, and the end
];
const noise = (bytes: number) => Array.from({ length: bytes }, (_, at) => (at * 37) % 251);
const within = (...parts: number[][]) => new Uint8Array(parts.flat());

test("the largest whole JPEG is found, wherever it lies", () => {
  const small = jpeg(1_200);
  const large = jpeg(4_000, 0xc2);
  const found = embeddedJpeg(within(noise(500), small, noise(300), large, noise(90)));
  assert.deepEqual(found, new Uint8Array(large));
});

test("what only begins like a JPEG, breaks off or is tiny is none", () => {
  assert.equal(embeddedJpeg(within(noise(5_000))), null);
  assert.equal(embeddedJpeg(within(noise(10), jpeg(3_000).slice(0, -2))), null);
  assert.equal(embeddedJpeg(within(noise(10), jpeg(20))), null);
  assert.equal(embeddedJpeg(within([0xff, 0xd8, 0xff, 0xff, 0xff, 0xff], noise(3_000))), null);
  assert.equal(embeddedJpeg(new Uint8Array()), null);
});

test("a picture without a frame before its data is none", () => {
  const headless = [0xff, 0xd8, ...segment(0xda, 1, 0), ...noise(2_000), 0xff, 0xd9];
  assert.equal(embeddedJpeg(within(headless)), null);
});

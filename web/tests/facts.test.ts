/** What would be refused is told before it is sent. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_PHOTO_BYTES, MAX_VIDEO_DURATION_MS, PHOTO_SIZE, VIDEO_SIZE } from "../build/limits.ts";

Object.defineProperty(globalThis, "navigator", { value: { languages: ["en"] } });

const { photoProblem, typeOf, videoProblem } = await import("../src/upload/facts.ts");

const JPEG = [0xff, 0xd8, 0xff, 0xe0];
/** A file that begins like this and says that it has so many bytes. */
function file(magic: number[], size: number): File {
  const made = new File([new Uint8Array(magic)], "file");
  return Object.defineProperty(made, "size", { value: size });
}

test("a file that is empty, too large or of no kind that is shown is refused by its reason", async () => {
  assert.equal(await typeOf(file(JPEG, 900)), "image/jpeg");
  await assert.rejects(typeOf(file([], 0)), /The file is empty/);
  await assert.rejects(typeOf(file([0x4e, 0x6f], 900)), /cannot be posted/);
  await assert.rejects(typeOf(file(JPEG, MAX_PHOTO_BYTES + 1)), /a photo may have 64 MB/);
});

test("a video may be as long as the API's document says, and no longer", () => {
  const facts = { width: 1920, height: 1080, durationMs: MAX_VIDEO_DURATION_MS };
  assert.equal(videoProblem(facts), null);
  const long = videoProblem({ ...facts, durationMs: 245_000 });
  assert.equal(long, "The video is 4:05 long; at most 3:00 are possible.");
});

test("pictures and videos have their own limits of pixels", () => {
  const { side, pixels } = PHOTO_SIZE;
  assert.equal(photoProblem({ width: side, height: Math.floor(pixels / side) }), null);
  assert.match(photoProblem({ width: side + 1, height: 10 }) ?? "", /on a side/);
  assert.match(photoProblem({ width: 20_000, height: 20_000 }) ?? "", /200 megapixels/);
  const wide = { width: VIDEO_SIZE.side, height: VIDEO_SIZE.side, durationMs: 1 };
  assert.match(videoProblem(wide) ?? "", /16 megapixels/);
});

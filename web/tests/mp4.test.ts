import assert from "node:assert/strict";
import { test } from "node:test";
import { readMp4 } from "../src/upload/mp4.ts";
import { fileOf, mp4 } from "./vectors.ts";

const UPRIGHT = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

function u32(...numbers: number[]): Uint8Array {
  const data = new DataView(new ArrayBuffer(4 * numbers.length));
  for (const [index, number] of numbers.entries()) data.setInt32(4 * index, number);
  return new Uint8Array(data.buffer);
}

function text(characters: string): Uint8Array {
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function box(kind: string, ...content: Uint8Array[]): Uint8Array {
  const body = join(...content);
  return join(u32(body.length + 8), text(kind), body);
}

/** A box whose length takes 64 bits. */
function longBox(kind: string, ...content: Uint8Array[]): Uint8Array {
  const body = join(...content);
  return join(u32(1), text(kind), u32(0, body.length + 16), body);
}

const mvhd = (scale: number, duration: number) => box("mvhd", u32(0, 0, 0, scale, duration));
const hdlr = (kind: string) => box("mdia", box("hdlr", u32(0, 0), text(kind), u32(0, 0, 0)));
const tkhd = (width: number, height: number, matrix: number[]) =>
  box(
    "tkhd",
    u32(0, 0, 0, 1, 0, 0, 0, 0, 0, 0),
    u32(...matrix, width * 0x1_0000, height * 0x1_0000),
  );
const sound = box("trak", tkhd(0, 0, UPRIGHT), hdlr("soun"));
const video = (width: number, height: number, matrix = UPRIGHT) =>
  box("trak", tkhd(width, height, matrix), hdlr("vide"));

function facts(file: Uint8Array) {
  return readMp4(file.length, async (offset, length) => file.subarray(offset, offset + length));
}

for (const vector of mp4()) {
  test(vector.name, async () => {
    const found = await facts(fileOf(vector.boxes));
    const wanted = vector.facts && {
      width: vector.facts.width,
      height: vector.facts.height,
      durationMs: vector.facts.duration_ms,
    };
    assert.deepEqual(found, wanted);
  });
}

test("a header behind the pictures, of which nothing is read", async () => {
  const file = join(
    box("ftyp"),
    longBox("mdat", new Uint8Array(5000)),
    box("moov", mvhd(90, 180), video(64, 48)),
  );
  let read = 0;
  const found = await readMp4(file.length, async (offset, length) => {
    read += length;
    return file.subarray(offset, offset + length);
  });
  assert.deepEqual(found, { width: 64, height: 48, durationMs: 2000 });
  assert.ok(read < 500);
});

test("nothing of use: damaged, cut off, without a video, of no length", async () => {
  const whole = join(box("ftyp"), box("moov", mvhd(1000, 2500), video(10, 20)));
  for (const file of [
    new Uint8Array(0),
    text("not a video at all"),
    u32(4, 0, 0, 0),
    whole.subarray(0, 60),
    box("moov", mvhd(1000, 2500), sound),
    box("moov", mvhd(0, 2500), video(10, 20)),
    box("moov", mvhd(1000, 0), video(10, 20)),
    box("moov", video(10, 20)),
  ]) {
    assert.equal(await facts(file), null);
  }
});

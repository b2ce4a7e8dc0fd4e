/** Where photos were taken. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pointIn } from "../src/upload/exif.ts";

interface Spot {
  readonly latitude: readonly [string, ...(readonly [number, number])[]];
  readonly longitude: readonly [string, ...(readonly [number, number])[]];
}

const PIER: Spot = {
  latitude: ["N", [57, 1], [43, 1], [1524, 100]],
  longitude: ["E", [10, 1], [35, 1], [1752, 100]],
};

/** EXIF data with the mark before it, which says this of where a photo was taken. */
function exif({ latitude, longitude }: Spot, isLittle: boolean): number[] {
  const view = new DataView(new ArrayBuffer(160));
  const short = (at: number, value: number) => view.setUint16(at, value, isLittle);
  const long = (at: number, value: number) => view.setUint32(at, value, isLittle);
  short(0, isLittle ? 0x4949 : 0x4d4d);
  short(2, 42);
  long(4, 8);
  short(8, 2); // the entries of the first directory: orientation, and where the other one is
  short(10, 0x0112);
  short(22, 0x8825);
  long(30, 38);
  short(38, 4);
  [latitude, longitude].forEach(([letter, ...fractions], index) => {
    const entry = 40 + index * 24;
    const values = 96 + index * 24;
    short(entry, 1 + index * 2);
    view.setUint8(entry + 8, letter.charCodeAt(0));
    short(entry + 12, 2 + index * 2);
    long(entry + 20, values);
    fractions.forEach(([top, bottom], step) => {
      long(values + step * 8, top);
      long(values + step * 8 + 4, bottom);
    });
  });
  return [...new TextEncoder().encode("Exif\0\0"), ...new Uint8Array(view.buffer)];
}

const noise = (bytes: number) => Array.from({ length: bytes }, (_, at) => (at * 37) % 251);
const within = (...parts: number[][]) => new Uint8Array(parts.flat());

function isNear(bytes: Uint8Array, latitude: number, longitude: number): void {
  const point = pointIn(bytes);
  assert.ok(point !== null);
  assert.ok(Math.abs(point.latitude - latitude) < 1e-6, `${point.latitude}`);
  assert.ok(Math.abs(point.longitude - longitude) < 1e-6, `${point.longitude}`);
}

test("the point is found wherever the data lies, in either order of bytes", () => {
  for (const isLittle of [true, false]) {
    isNear(within(noise(90), exif(PIER, isLittle), noise(300)), 57.7209, 10.5882);
    isNear(within(exif(PIER, isLittle)), 57.7209, 10.5882);
  }
});

test("south and west are below zero, and a fraction of a degree is one, too", () => {
  const far: Spot = {
    latitude: ["S", [33, 1], [51, 1], [0, 0]],
    longitude: ["W", [705, 10], [0, 1]],
  };
  isNear(within(exif(far, true)), -33.85, -70.5);
});

test("data without a point, with an impossible one or with zeros has none", () => {
  const zeros: Spot = { latitude: ["N", [0, 1], [0, 1]], longitude: ["E", [0, 1], [0, 1]] };
  const broken: Spot = { ...PIER, latitude: ["N", [0, 0], [0, 0], [0, 0]] };
  const beyond: Spot = { ...PIER, longitude: ["E", [181, 1], [0, 1]] };
  for (const spot of [zeros, broken, beyond]) {
    assert.equal(pointIn(within(exif(spot, true))), null);
  }
  const whole = exif(PIER, true);
  for (let length = 0; length < whole.length - 24; length++) {
    assert.equal(pointIn(within(whole.slice(0, length))), null, `${length} bytes`);
  }
  assert.equal(pointIn(within(noise(5_000))), null);
});

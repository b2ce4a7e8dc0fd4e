/** Where a photo was taken: the GPS part of its EXIF data, which JPEG and HEIC files have alike. */
import type { Point } from "../components/place-field.tsx";

/** "Exif" and two zeros stand before the data, wherever in a file it is. */
const MARK = [0x45, 0x78, 0x69, 0x66, 0, 0];
const GPS = 0x8825;
const LATITUDE = { letter: 1, value: 2, negative: "S", most: 90 };
const LONGITUDE = { letter: 3, value: 4, negative: "W", most: 180 };
const ENTRY_BYTES = 12;
const MOST_ENTRIES = 200;

/** Null if the data says nothing of that, or nothing that can be. */
export function pointIn(bytes: Uint8Array): Point | null {
  for (let at = markIn(bytes, 0); at >= 0; at = markIn(bytes, at + 1)) {
    const tiff = readTiff(bytes, at + MARK.length);
    if (tiff !== null) return readPoint(tiff);
  }
  return null;
}

function markIn(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(MARK[0]!, from); at >= 0; at = bytes.indexOf(MARK[0]!, at + 1)) {
    if (MARK.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

/** The numbers of a TIFF structure; those beyond its end are zeros. */
interface Tiff {
  short(at: number): number;
  long(at: number): number;
}

function readTiff(bytes: Uint8Array, start: number): Tiff | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  const order = view.byteLength < 8 ? 0 : view.getUint16(0);
  const little = order === 0x4949;
  if (!little && order !== 0x4d4d) return null;
  const isWithin = (at: number, length: number) => at + length <= view.byteLength;
  return {
    short: (at) => (isWithin(at, 2) ? view.getUint16(at, little) : 0),
    long: (at) => (isWithin(at, 4) ? view.getUint32(at, little) : 0),
  };
}

function readPoint(tiff: Tiff): Point | null {
  const directory = entryIn(tiff, tiff.long(4), GPS);
  if (directory === null) return null;
  const gps = tiff.long(directory + 8);
  const latitude = readAngle(tiff, gps, LATITUDE);
  const longitude = readAngle(tiff, gps, LONGITUDE);
  // Cameras that have not found out where they are write zeros.
  if (latitude === null || longitude === null || (latitude === 0 && longitude === 0)) return null;
  return { latitude, longitude };
}

/** Where the entry of a tag begins in a directory. */
function entryIn(tiff: Tiff, directory: number, tag: number): number | null {
  const entries = Math.min(tiff.short(directory), MOST_ENTRIES);
  for (let index = 0; index < entries; index++) {
    const at = directory + 2 + index * ENTRY_BYTES;
    if (tiff.short(at) === tag) return at;
  }
  return null;
}

/** Degrees from three fractions: degrees, minutes and seconds. */
function readAngle(tiff: Tiff, gps: number, kind: typeof LATITUDE): number | null {
  const [letter, value] = [entryIn(tiff, gps, kind.letter), entryIn(tiff, gps, kind.value)];
  if (letter === null || value === null) return null;
  const at = tiff.long(value + 8);
  const [degrees, minutes, seconds] = [0, 8, 16].map(
    (step) => tiff.long(at + step) / tiff.long(at + step + 4),
  );
  const angle = degrees! + minutes! / 60 + (seconds! || 0) / 3600;
  if (!(angle <= kind.most)) return null; // also of a division by zero
  // A text of up to four bytes stands in the entry itself, its first letter first.
  const first = String.fromCharCode(tiff.short(letter + 8) >> 8, tiff.short(letter + 8) & 0xff);
  return first.includes(kind.negative) ? -angle : angle;
}

/**
 * A JPEG within another file: cameras put a preview beside pictures that few programs can show, such as
 * HEIC. The largest one is taken.
 */

/** Less is a thumbnail of a thumbnail, or no picture at all. */
const LEAST_BYTES = 1_000;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;

/** Null if there is none that is whole. */
export function embeddedJpeg(bytes: Uint8Array): Uint8Array<ArrayBuffer> | null {
  let best: readonly [number, number] | null = null;
  for (let at = bytes.indexOf(0xff); at >= 0 && at + 4 < bytes.length; ) {
    const end = isStart(bytes, at) ? endOfJpeg(bytes, at) : null;
    if (end !== null && end - at >= LEAST_BYTES && end - at > (best ? best[1] - best[0] : 0)) {
      best = [at, end];
    }
    at = bytes.indexOf(0xff, end ?? at + 1);
  }
  return best && new Uint8Array(bytes.slice(...best));
}

function isStart(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 1] === SOI && bytes[at + 2] === 0xff;
}

/** Where a JPEG ends that begins there; null if it does not hold together. */
function endOfJpeg(bytes: Uint8Array, start: number): number | null {
  let at = start + 2;
  let hasFrame = false;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    if (marker === SOS) return hasFrame ? endOfScan(bytes, at + 2) : null;
    const isSegment = marker >= 0xc0 && marker !== SOI && marker !== EOI;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (!isSegment || length < 2) return null;
    hasFrame ||= marker === 0xc0 || marker === 0xc2; // baseline and progressive
    at += 2 + length;
  }
  return null;
}

function endOfScan(bytes: Uint8Array, from: number): number | null {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === EOI) return at + 2;
  }
  return null;
}

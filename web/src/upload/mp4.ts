/**
 * The size and length of an MP4 or QuickTime video, from its header. Browsers that cannot play a
 * video (HEVC in most) do not tell them either.
 */

/** Reads some of the file's bytes; fewer at its end. */
export type Read = (offset: number, length: number) => Promise<Uint8Array>;

export interface VideoFacts {
  /** As it is to be seen: a turned video is as wide as its frames are high. */
  readonly width: number;
  readonly height: number;
  readonly durationMs: number;
}

interface Box {
  readonly kind: string;
  /** Where its content begins and ends. */
  readonly start: number;
  readonly end: number;
}

/** Bytes: far more than the header of three minutes of video takes. */
const MAX_HEADER = 32 * 1024 * 1024;
const MAX_TOP_BOXES = 20_000;

/** An index of segments with 80,000 of them. */
const MAX_SEGMENT_INDEX = 1024 * 1024;

/** Bytes of one fragment's header, and of all of them together. */
const MAX_FRAGMENT = 1024 * 1024;
const MAX_FRAGMENTS = 32 * 1024 * 1024;

/** What is known of a file's boxes up to now. */
interface Found {
  readonly moov: DataView;
  readonly segments?: DataView | undefined;
  readonly fragments: readonly DataView[];
}

/** What the file says of itself; null if it is damaged, or has no video in it. */
export async function readMp4(size: number, read: Read): Promise<VideoFacts | null> {
  let moov: DataView | undefined;
  let segments: DataView | undefined;
  const fragments: DataView[] = [];
  let budget = MAX_FRAGMENTS;
  let at = 0;
  for (let count = 0; at + 8 <= size && count < MAX_TOP_BOXES; count++) {
    const head = view(await read(at, 16));
    if (head.byteLength < 8) break;
    const box = boxAt(head, 0, size - at);
    if (box === null) break;
    const length = box.end - box.start;
    if (box.kind === "moov") {
      if (length > MAX_HEADER) return null;
      moov ??= view(await read(at + box.start, length));
    } else if (box.kind === "sidx") {
      segments ??= view(await read(at + box.start, Math.min(length, MAX_SEGMENT_INDEX)));
    } else if (box.kind === "moof") {
      budget -= length;
      if (length > MAX_FRAGMENT || budget < 0) return null;
      fragments.push(view(await read(at + box.start, length)));
    }
    // All else matters only if the header does not say how long the video is.
    if (moov !== undefined && tellsItsLength({ moov, segments, fragments: [] })) break;
    at += box.end;
  }
  return moov === undefined ? null : fromBoxes({ moov, segments, fragments });
}

function tellsItsLength(found: Found): boolean {
  return fromBoxes(found) !== null;
}

function fromBoxes(found: Found): VideoFacts | null {
  const { moov } = found;
  const top = boxes(moov, 0, moov.byteLength);
  for (const track of top.filter((box) => box.kind === "trak")) {
    const parts = boxes(moov, track.start, track.end);
    const size = parts.find((box) => box.kind === "tkhd");
    const media = parts.find((box) => box.kind === "mdia");
    if (size === undefined || media === undefined || !isVideoTrack(moov, media)) continue;
    const shown = dimensions(moov, size);
    if (shown === null) continue;
    const seconds =
      movieLength(moov, top) ||
      trackLength(moov, media) ||
      segmentsLength(found.segments) ||
      fragmentsLength(found, top, size, media);
    return seconds > 0 ? { ...shown, durationMs: Math.round(seconds * 1000) } : null;
  }
  return null;
}

/** In seconds, by the movie's header, or by that of its fragments; 0 if neither says. */
function movieLength(moov: DataView, top: readonly Box[]): number {
  const header = top.find((box) => box.kind === "mvhd");
  if (header === undefined) return 0;
  const { scale, units } = time(moov, header);
  return scale === 0 ? 0 : (units || extended(moov, top)) / scale;
}

function extended(moov: DataView, top: readonly Box[]): number {
  const extension = top.find((box) => box.kind === "mvex");
  if (extension === undefined) return 0;
  const header = boxes(moov, extension.start, extension.end).find((box) => box.kind === "mehd");
  if (header === undefined) return 0;
  const isLong = moov.getUint8(header.start) === 1;
  return isLong ? Number(moov.getBigUint64(header.start + 4)) : moov.getUint32(header.start + 4);
}

function trackLength(moov: DataView, media: Box): number {
  const header = boxes(moov, media.start, media.end).find((box) => box.kind === "mdhd");
  if (header === undefined) return 0;
  const { scale, units } = time(moov, header);
  return scale === 0 ? 0 : units / scale;
}

/** The sum of the segments that a streamed file says it consists of (ISO 14496-12, 8.16.3). */
function segmentsLength(sidx: DataView | undefined): number {
  if (sidx === undefined || sidx.byteLength < 24) return 0;
  const scale = sidx.getUint32(8);
  const counted = sidx.getUint8(0) === 1 ? 30 : 22;
  if (scale === 0 || counted + 2 > sidx.byteLength) return 0;
  const count = sidx.getUint16(counted);
  let units = 0;
  for (let at = counted + 2 + 4, left = count; left > 0; at += 12, left--) {
    if (at + 4 > sidx.byteLength) return 0;
    units += sidx.getUint32(at);
  }
  return units / scale;
}

/**
 * The end of the last fragment of the track, for a streamed recording that states its length
 * nowhere (ISO 14496-12, 8.8).
 */
function fragmentsLength(found: Found, top: readonly Box[], tkhd: Box, media: Box): number {
  const { moov } = found;
  const times = boxes(moov, media.start, media.end).find((box) => box.kind === "mdhd");
  if (times === undefined) return 0;
  const { scale } = time(moov, times);
  const track = moov.getUint32(tkhd.start + (moov.getUint8(tkhd.start) === 1 ? 20 : 12));
  const usual = usualLength(moov, top, track);
  let units = 0;
  for (const moof of found.fragments) {
    for (const fragment of boxes(moof, 0, moof.byteLength)) {
      if (fragment.kind !== "traf") continue;
      units = Math.max(units, fragmentEnd(moof, fragment, track, usual, units));
    }
  }
  return scale === 0 ? 0 : units / scale;
}

/** The length of a sample that a fragment does not give another. */
function usualLength(moov: DataView, top: readonly Box[], track: number): number {
  const extension = top.find((box) => box.kind === "mvex");
  if (extension === undefined) return 0;
  const mine = boxes(moov, extension.start, extension.end).find(
    (box) =>
      box.kind === "trex" && box.end - box.start >= 16 && moov.getUint32(box.start + 4) === track,
  );
  return mine === undefined ? 0 : moov.getUint32(mine.start + 12);
}

/** Where a fragment ends; 0 if it belongs to another track. */
function fragmentEnd(
  moof: DataView,
  fragment: Box,
  track: number,
  usual: number,
  start: number,
): number {
  let end = start;
  let each = usual;
  for (const box of boxes(moof, fragment.start, fragment.end)) {
    if (box.end - box.start < 8) continue;
    const flags = moof.getUint32(box.start) & 0xff_ffff;
    if (box.kind === "tfhd") {
      if (moof.getUint32(box.start + 4) !== track) return 0;
      const at = box.start + 8 + (flags & 0x01 ? 8 : 0) + (flags & 0x02 ? 4 : 0);
      if (flags & 0x08 && at + 4 <= box.end) each = moof.getUint32(at);
    } else if (box.kind === "tfdt") {
      const isLong = moof.getUint8(box.start) === 1 && box.end - box.start >= 12;
      end = isLong ? Number(moof.getBigUint64(box.start + 4)) : moof.getUint32(box.start + 4);
    } else if (box.kind === "trun") {
      end += runLength(moof, box, flags, each);
    }
  }
  return end;
}

/** The length of a run of samples. Each has up to four numbers, of which the first may be that. */
function runLength(moof: DataView, trun: Box, flags: number, usual: number): number {
  const count = moof.getUint32(trun.start + 4);
  if (!(flags & 0x100)) return count * usual;
  const first = trun.start + 8 + (flags & 0x01 ? 4 : 0) + (flags & 0x04 ? 4 : 0);
  const step = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length * 4;
  let units = 0;
  for (let at = first, left = count; left > 0 && at + 4 <= trun.end; at += step, left--) {
    units += moof.getUint32(at);
  }
  return units;
}

/** Ticks a second, and the length in ticks, of a movie's or a medium's header; 0 if unknown. */
function time(data: DataView, header: Box): { scale: number; units: number } {
  if (data.getUint8(header.start) !== 1) {
    const units = data.getUint32(header.start + 16);
    return { scale: data.getUint32(header.start + 12), units: units === 0xffff_ffff ? 0 : units };
  }
  const units = data.getBigUint64(header.start + 24);
  const unknown = units === 0xffff_ffff_ffff_ffffn;
  return { scale: data.getUint32(header.start + 20), units: unknown ? 0 : Number(units) };
}

function isVideoTrack(moov: DataView, media: Box): boolean {
  const handler = boxes(moov, media.start, media.end).find((box) => box.kind === "hdlr");
  return handler !== undefined && name(moov, handler.start + 8) === "vide";
}

/** A matrix that swaps the axes turns the picture by a quarter. */
function dimensions(moov: DataView, tkhd: Box): { width: number; height: number } | null {
  const matrix = tkhd.start + (moov.getUint8(tkhd.start) === 1 ? 52 : 40);
  if (matrix + 44 > tkhd.end) return null;
  const width = Math.round(moov.getUint32(matrix + 36) / 0x1_0000);
  const height = Math.round(moov.getUint32(matrix + 40) / 0x1_0000);
  if (width === 0 || height === 0) return null;
  const isTurned = moov.getInt32(matrix) === 0 && moov.getInt32(matrix + 4) !== 0;
  return isTurned ? { width: height, height: width } : { width, height };
}

function boxes(data: DataView, start: number, end: number): Box[] {
  const found: Box[] = [];
  let at = start;
  while (at + 8 <= end) {
    const box = boxAt(data, at, end);
    if (box === null || box.end > end) break;
    found.push(box);
    at = box.end;
  }
  return found;
}

/** The box that begins there; `limit` is where the last one, of no stated length, ends. */
function boxAt(data: DataView, at: number, limit: number): Box | null {
  const short = data.getUint32(at);
  const kind = name(data, at + 4);
  if (short === 0) return { kind, start: at + 8, end: limit };
  if (short !== 1) return short < 8 ? null : { kind, start: at + 8, end: at + short };
  if (at + 16 > data.byteLength) return null;
  const long = Number(data.getBigUint64(at + 8));
  return long < 16 ? null : { kind, start: at + 16, end: at + long };
}

function name(data: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => data.getUint8(at + index)));
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

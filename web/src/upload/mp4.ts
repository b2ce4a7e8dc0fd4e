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

/** No header of three minutes of video comes near it. */
const MAX_HEADER = 32 * 1024 * 1024;
const MAX_TOP_BOXES = 1_000;

/** Null where the file is damaged, or has no video in it. */
export async function readMp4(size: number, read: Read): Promise<VideoFacts | null> {
  let at = 0;
  for (let count = 0; at + 8 <= size && count < MAX_TOP_BOXES; count++) {
    const head = view(await read(at, 16));
    if (head.byteLength < 8) return null;
    const box = boxAt(head, 0, size - at);
    if (box === null) return null;
    if (box.kind === "moov") {
      const length = box.end - box.start;
      if (length > MAX_HEADER) return null;
      return fromHeader(view(await read(at + box.start, length)));
    }
    at += box.end;
  }
  return null;
}

function fromHeader(moov: DataView): VideoFacts | null {
  const top = boxes(moov, 0, moov.byteLength);
  const header = top.find((box) => box.kind === "mvhd");
  if (header === undefined) return null;
  const length = duration(moov, header, fragments(moov, top));
  for (const track of top.filter((box) => box.kind === "trak")) {
    const parts = boxes(moov, track.start, track.end);
    const size = parts.find((box) => box.kind === "tkhd");
    const media = parts.find((box) => box.kind === "mdia");
    if (size === undefined || media === undefined || !isVideoTrack(moov, media)) continue;
    const shown = dimensions(moov, size);
    if (shown !== null && length > 0) return { ...shown, durationMs: Math.round(length * 1000) };
  }
  return null;
}

/** In seconds. A video in fragments says how long it is in another place. */
function duration(moov: DataView, mvhd: Box, fragmented: number): number {
  const isLong = moov.getUint8(mvhd.start) === 1;
  const scale = moov.getUint32(mvhd.start + (isLong ? 20 : 12));
  const units = isLong
    ? Number(moov.getBigUint64(mvhd.start + 24))
    : moov.getUint32(mvhd.start + 16);
  const unknown = units === 0 || units === 0xffff_ffff;
  return scale === 0 ? 0 : (unknown ? fragmented : units) / scale;
}

function fragments(moov: DataView, top: readonly Box[]): number {
  const extension = top.find((box) => box.kind === "mvex");
  if (extension === undefined) return 0;
  const header = boxes(moov, extension.start, extension.end).find((box) => box.kind === "mehd");
  if (header === undefined) return 0;
  const isLong = moov.getUint8(header.start) === 1;
  return isLong ? Number(moov.getBigUint64(header.start + 4)) : moov.getUint32(header.start + 4);
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

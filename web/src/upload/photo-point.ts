/** Where the photos of a post were taken, read on this device. Nothing of it is sent unless one wants that. */
import { useEffect, useState } from "preact/hooks";
import type { Point } from "../components/place-field.tsx";
import { pointIn } from "./exif.ts";
import type { Item } from "./item.ts";

/** A JPEG has it in one of its first segments, which have 64 KB at most each; a HEIC has it anywhere. */
const JPEG_BYTES = 256 * 1024;
const MOST_BYTES = 32 * 1024 * 1024;

const known = new WeakMap<File, Promise<Point | null>>();

/** The point of the first photo that has one; null until it is read, or if none has. */
export function usePhotoPoint(items: readonly Item[]): Point | null {
  const [point, setPoint] = useState<Point | null>(null);
  const photos = items.filter(({ type }) => type !== null && type in BYTES);
  useEffect(() => {
    let isOver = false;
    void firstPoint(photos).then((found) => {
      if (!isOver) setPoint(found);
    });
    return () => {
      isOver = true;
    };
  }, [photos.map(({ id }) => id).join()]);
  return point;
}

/** How much of a file is looked at, by its type; files of other types are not. */
const BYTES: Readonly<Record<string, number>> = {
  "image/jpeg": JPEG_BYTES,
  "image/heic": MOST_BYTES,
  "image/heif": MOST_BYTES,
};

async function firstPoint(photos: readonly Item[]): Promise<Point | null> {
  for (const { file, type } of photos) {
    if (file === null) continue;
    const reading = known.get(file) ?? readPoint(file, BYTES[type!]!);
    known.set(file, reading);
    const point = await reading;
    if (point !== null) return point;
  }
  return null;
}

async function readPoint(file: File, bytes: number): Promise<Point | null> {
  try {
    return pointIn(new Uint8Array(await file.slice(0, bytes).arrayBuffer()));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return null; // the file is gone, which is told when it is to be sent
  }
}

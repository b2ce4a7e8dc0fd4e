/** A file of a post that is being put together, or is on its way. */
import type { MediumView, UploadBody } from "../api.ts";
import type { Rectangle } from "../cropping/rectangle.ts";
import { Failure } from "../errors.ts";
import { t } from "../language.ts";
import type { Placed } from "../naming/placed.ts";
import { typeOf, videoFacts } from "./facts.ts";
import { hashFile } from "./inspect.ts";
import type { VideoFacts } from "./mp4.ts";
import { type ContentType, isVideo } from "./sniff.ts";

const RELEASE_MS = 2_000;

/** All that the API wants to know of a file, except its bytes. */
export interface Facts {
  readonly type: ContentType;
  readonly video: VideoFacts | null;
  readonly sha256: string;
}

export interface Item {
  /** The file is kept under it. */
  readonly id: string;
  /** Null for one that was sent from another device: only the service has it. */
  readonly file: File | null;
  readonly name: string;
  readonly altText: string;
  /** Who is in the picture. */
  readonly people: readonly Placed[];
  /** Null until it is known. */
  readonly type: ContentType | null;
  readonly video: VideoFacts | null;
  readonly sha256: string | null;
  /** An object URL of what can be shown of the file; null if it is not known yet, or nothing can. */
  readonly preview: string | null;
  /** A picture within the file, which is shown in its place; null until one was looked for. */
  readonly inside: Blob | "none" | null;
  /** The part of a photo that is posted; null for all of it. */
  readonly crop: Rectangle | null;
  /** A picture of that part. */
  readonly cropped: Blob | null;
  /** Why it cannot be posted. */
  readonly problem: string | null;
  /** The same file is part of a post that still waits for it. */
  readonly unfinished: UploadBody | null;
}

/** An item whose file this browser has. */
export type LocalItem = Item & { readonly file: File };

const found = new Map<string, Promise<Facts>>();

export function hasFile(item: Item): item is LocalItem {
  return item.file !== null;
}

export function newItem(file: File): LocalItem {
  return { ...itemWithout(file.name), file };
}

/** An item of which this browser has no file. */
export function itemWithout(name: string): Item {
  return {
    id: crypto.randomUUID(),
    file: null,
    name,
    altText: "",
    people: [],
    type: null,
    video: null,
    sha256: null,
    preview: null,
    inside: null,
    crop: null,
    cropped: null,
    problem: null,
    unfinished: null,
  };
}

/** A medium that only the service has, as the `number`th of its post. */
export function itemElsewhere(medium: MediumView, number: number): Item {
  const type = medium.content_type as ContentType;
  const name = isVideo(type) ? t("Video {number}", { number }) : t("Photo {number}", { number });
  return { ...itemWithout(name), id: medium.id, type };
}

/**
 * Finds out what the API wants to know of a file; once, however often it is asked. `tell` hears of each
 * fact as soon as it is known. Raises `Failure` if the file cannot be posted.
 */
export function factsOf(
  item: LocalItem,
  tell: (known: Partial<Item>) => void = () => undefined,
): Promise<Facts> {
  let facts = found.get(item.id);
  if (facts === undefined) {
    facts = findOut(item, tell);
    found.set(item.id, facts);
  }
  return facts;
}

async function findOut(item: LocalItem, tell: (known: Partial<Item>) => void): Promise<Facts> {
  const { file } = item;
  try {
    const type = item.type ?? (await typeOf(file));
    tell({ type, preview: item.preview ?? URL.createObjectURL(item.cropped ?? file) });
    const video = item.video ?? (isVideo(type) ? await videoFacts(file) : null);
    tell({ video });
    const sha256 = item.sha256 ?? (await hashFile(file, () => undefined));
    tell({ sha256 });
    return { type, video, sha256 };
  } catch (error) {
    if (error instanceof Failure) throw error;
    console.error(error);
    throw new Failure(t("The file cannot be read any more. Please choose it again."));
  }
}

/** Lets go of what shows the item, once the dialog has: a player may still be reading. */
export function release({ id, preview }: Item): void {
  found.delete(id);
  if (preview !== null) setTimeout(() => URL.revokeObjectURL(preview), RELEASE_MS);
}

/** Shows the item again after it was released. */
export function shownAgain(item: Item): Item {
  if (!hasFile(item)) return item;
  const shown = item.cropped ?? (item.inside instanceof Blob ? item.inside : item.file);
  const hasPicture = item.type !== null && item.inside !== "none";
  return { ...item, preview: hasPicture ? URL.createObjectURL(shown) : null };
}

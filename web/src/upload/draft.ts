/** A post that is being put together: kept when its dialog is closed, gone when it is posted. */
import { MAX_MEDIA, MAX_PAGE, MAX_PHOTO_BYTES, MAX_VIDEO_BYTES } from "../../build/limits.ts";
import type { CommentsFrom } from "../answers/comments-choice.tsx";
import { call, type FileBody, type PlaceBody, type UploadBody } from "../api.ts";
import { person } from "../auth.ts";
import { Failure } from "../errors.ts";
import type { Placed } from "../naming/placed.ts";
import { Store } from "../store.ts";
import { fileSize, plural } from "../text.ts";
import { bodyOf } from "./body.ts";
import { hashFile, inspectVideo } from "./inspect.ts";
import type { VideoFacts } from "./mp4.ts";
import { resume, start } from "./queue.ts";
import { type ContentType, isVideo, SNIFF_BYTES, sniff } from "./sniff.ts";

const METADATA_MS = 10_000;
const RELEASE_MS = 2_000;

export interface Item {
  readonly id: number;
  readonly file: File;
  readonly altText: string;
  /** Who is in the picture. */
  readonly people: readonly Placed[];
  /** Null until it is known. */
  readonly type: ContentType | null;
  readonly video: VideoFacts | null;
  readonly sha256: string | null;
  /** Bytes, while it is being hashed. */
  readonly hashed: number;
  /** An object URL, where the browser can show the file. */
  readonly preview: string | null;
  /** Why it cannot be posted. */
  readonly problem: string | null;
  /** The same file is part of a post that still waits for it. */
  readonly unfinished: UploadBody | null;
}

export interface Draft {
  readonly items: readonly Item[];
  readonly caption: string;
  /** Null for none. */
  readonly place: PlaceBody | null;
  readonly keepsCapture: boolean;
  readonly isSensitive: boolean;
  readonly commentsFrom: CommentsFrom;
  /** About the selection as a whole. */
  readonly note: string | null;
}

const EMPTY: Draft = {
  items: [],
  caption: "",
  place: null,
  keepsCapture: false,
  isSensitive: false,
  commentsFrom: null,
  note: null,
};

export const draft = new Store<Draft>(EMPTY);

let nextId = 1;
/** One key for one content, however often it is sent: a broken connection makes no second post. */
const keys = new Map<string, string>();
let unfinished: Promise<readonly UploadBody[]> | undefined;

person.watch(clear);

/** A change by hand, after which notes about the former state do not count any more. */
export function edit(to: Partial<Draft>): void {
  draft.update((current) => ({ ...current, note: null, ...to }));
}

export function clear(): void {
  for (const item of draft.value.items) release(item);
  unfinished = undefined;
  draft.set(EMPTY);
}

export function add(files: readonly File[]): void {
  const room = MAX_MEDIA - draft.value.items.length;
  const added = files.slice(0, room).map(
    (file): Item => ({
      id: nextId++,
      file,
      altText: "",
      people: [],
      type: null,
      video: null,
      sha256: null,
      hashed: 0,
      preview: null,
      problem: null,
      unfinished: null,
    }),
  );
  const left = files.length - added.length;
  edit({
    items: [...draft.value.items, ...added],
    note:
      left > 0
        ? `A post can have at most ${MAX_MEDIA} files. Left out: ${plural(left, "file")}.`
        : null,
  });
  for (const item of added) void prepare(item);
}

export function remove(item: Item): void {
  release(item);
  edit({ items: draft.value.items.filter(({ id }) => id !== item.id) });
}

export function move(id: number, to: number): void {
  const items = [...draft.value.items];
  const from = items.findIndex((item) => item.id === id);
  const [item] = items.splice(from, 1);
  if (item === undefined) return;
  items.splice(Math.max(0, Math.min(items.length, to)), 0, item);
  edit({ items });
}

export function changeItem(id: number, to: Partial<Item>): void {
  draft.update((current) => ({
    ...current,
    items: current.items.map((item) => (item.id === id ? { ...item, ...to } : item)),
  }));
}

/** What keeps the draft from being posted, or null. */
export function obstacle({ items }: Draft): string | null {
  if (items.length === 0) return "Choose a photo or video first.";
  if (items.some((item) => item.problem)) return "Remove the files that cannot be posted.";
  return null;
}

/**
 * Declares the post and begins to send its files; the draft is then empty. Waits for the hashes.
 * Raises `Failure`; posting again then makes no second post.
 */
export async function post(): Promise<void> {
  const current = await prepared();
  const body = bodyOf(current);
  const text = JSON.stringify(body);
  const key = keys.get(text) ?? crypto.randomUUID();
  keys.set(text, key);
  const created = await call("post", "/posts", { header: { "Idempotency-Key": key }, body });
  keys.delete(text); // the same once more, on purpose, is another post
  start(
    created.post,
    current.items.map(({ file }) => file),
    created.uploads,
  );
  clear();
}

/** Sends the file to the post that it was meant for, and takes it out of this one. */
export async function continueUnfinished(item: Item, upload: UploadBody): Promise<void> {
  await resume(upload.post_id, upload.media_id, item.file);
  remove(item);
}

/** Bytes read of bytes to read. */
export function hashedShare(items: readonly Item[]): number {
  const total = items.reduce((sum, { file }) => sum + file.size, 0);
  const done = items.reduce((sum, item) => sum + (item.sha256 ? item.file.size : item.hashed), 0);
  return total === 0 ? 1 : done / total;
}

function prepared(): Promise<Draft> {
  return new Promise((resolve, reject) => {
    const check = () => {
      const { items } = draft.value;
      const refused = items.find((item) => item.problem !== null);
      if (refused !== undefined) {
        stop();
        reject(new Failure(`${refused.file.name}: ${refused.problem}`));
      } else if (items.every((item) => item.sha256 !== null)) {
        stop();
        resolve(draft.value);
      }
    };
    const stop = draft.watch(check);
    check();
  });
}

/** Finds out all that the API wants to know of a file. */
async function prepare({ id, file }: Item): Promise<void> {
  try {
    const type = sniff(new Uint8Array(await file.slice(0, SNIFF_BYTES).arrayBuffer()));
    const problem = refusal(file, type);
    if (problem !== null || type === null) return changeItem(id, { type, problem });
    changeItem(id, { type, preview: URL.createObjectURL(file) });
    if (isVideo(type)) {
      const video = await videoFacts(file);
      if (video === null) return changeItem(id, { problem: UNREADABLE_VIDEO });
      changeItem(id, { video });
    }
    const sha256 = await hashFile(file, (hashed) => changeItem(id, { hashed }));
    changeItem(id, { sha256 });
    changeItem(id, { unfinished: await unfinishedOf(sha256) });
  } catch (error) {
    if (error instanceof Failure) return; // only the search for an unfinished upload asks the API
    console.error(error);
    changeItem(id, { problem: "The file cannot be read any more. Please choose it again." });
  }
}

/** What the API is told of a single file. Raises `Failure` where it cannot be posted. */
export async function declaration(file: File): Promise<FileBody> {
  const type = sniff(new Uint8Array(await file.slice(0, SNIFF_BYTES).arrayBuffer()));
  const problem = refusal(file, type);
  if (problem !== null) throw new Failure(problem);
  const video = isVideo(type!) ? await videoFacts(file) : null;
  if (isVideo(type!) && video === null) throw new Failure(UNREADABLE_VIDEO);
  return {
    content_type: type!,
    bytes: file.size,
    sha256: await hashFile(file, () => undefined),
    width: video?.width ?? null,
    height: video?.height ?? null,
    duration_ms: video?.durationMs ?? null,
  };
}

const UNREADABLE_VIDEO =
  "The size and length of this video cannot be read. Please convert it to MP4.";

function refusal(file: File, type: ContentType | null): string | null {
  if (file.size === 0) return "The file is empty.";
  if (type === null) {
    return "This file cannot be posted. Choose a photo or video: JPEG, PNG, WebP, HEIC, AVIF, GIF, MP4, MOV or WebM.";
  }
  const limit = isVideo(type) ? MAX_VIDEO_BYTES : MAX_PHOTO_BYTES;
  if (file.size <= limit) return null;
  const kind = isVideo(type) ? "video" : "photo";
  return `The file has ${fileSize(file.size)}; a ${kind} may have ${fileSize(limit)}.`;
}

/** The facts of a video: from the browser, or from the header if the browser cannot play it. */
async function videoFacts(file: File): Promise<VideoFacts | null> {
  return (await playerFacts(file)) ?? (await inspectVideo(file));
}

function playerFacts(file: File): Promise<VideoFacts | null> {
  const url = URL.createObjectURL(file);
  const player = document.createElement("video");
  return new Promise<VideoFacts | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), METADATA_MS);
    player.preload = "metadata";
    player.muted = true;
    player.onerror = () => resolve(null);
    player.onloadedmetadata = () => {
      clearTimeout(timer);
      const { videoWidth: width, videoHeight: height, duration } = player;
      const isKnown = width > 0 && height > 0 && Number.isFinite(duration) && duration > 0;
      resolve(
        isKnown ? { width, height, durationMs: Math.max(1, Math.round(duration * 1000)) } : null,
      );
    };
    player.src = url;
  }).finally(() => {
    player.removeAttribute("src");
    URL.revokeObjectURL(url);
  });
}

/** The ledger's entry of the same content that still waits for its bytes. */
async function unfinishedOf(sha256: string): Promise<UploadBody | null> {
  unfinished ??= call("get", "/me/uploads", { query: { limit: MAX_PAGE } }).then(({ items }) =>
    items.filter(({ state, purpose }) => state === "awaiting" && purpose === "post"),
  );
  const found = (await unfinished).find((upload) => upload.sha256 === sha256);
  return found ?? null;
}

/** Revokes an object URL once the dialog has let go of it: a player may still be reading. */
function release({ preview }: Item): void {
  if (preview !== null) setTimeout(() => URL.revokeObjectURL(preview), RELEASE_MS);
}

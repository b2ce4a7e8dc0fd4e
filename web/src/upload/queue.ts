/** Files on their way to storage, whichever page one is on meanwhile. */
import type { PostBody, UploadLink } from "../api.ts";
import { person } from "../auth.ts";
import { deletePost } from "../deletion.ts";
import { sentence } from "../errors.ts";
import { follow, forget, hurry } from "../following.ts";
import { t } from "../language.ts";
import { localFiles, rememberFile } from "../local-files.ts";
import {
  dropPreviews,
  keepPreview,
  pending,
  settled,
  type Transferred,
  transfers,
} from "../pending.ts";
import { fetchPost } from "../posts.ts";
import { tellTabs } from "../senders.ts";
import { Store } from "../store.ts";
import { sending } from "../tabs.ts";
import { smallPicture, stillOf } from "./thumb.ts";
import { freshLink, sendFile } from "./transfer.ts";

const FILES_AT_ONCE = 2;
const SHOWN_WHEN_DONE_MS = 4_000;

export interface Transfer {
  readonly mediaId: string;
  readonly file: File;
  readonly state: "waiting" | "sending" | "sent" | "stopped" | "failed";
  /** Bytes. */
  readonly sent: number;
  readonly error: string | null;
}

/** The files of one post. */
export interface Batch {
  readonly post: PostBody;
  readonly files: readonly Transfer[];
  /** Its author still writes: nothing is shown of it but the files' progress in the dialog. */
  readonly isAhead: boolean;
}

export const batches = new Store<readonly Batch[]>([]);

const stops = new Map<string, AbortController>();
const links = new Map<string, UploadLink>();
/** What is told of a file's arrival, by its medium. */
const listeners = new Map<string, Arrived>();
/** What was stopped because its post was deleted: it goes on if that is undone. */
const aside = new Map<string, Batch>();

/** Media that the service makes of files which it has: there is nothing to send, whatever it asks for. */
const made = new Set<string>();

type Arrived = (mediaId: string) => void;

batches.watch(() => {
  transfers.set(new Map(batches.value.map((batch) => [batch.post.id, transferred(batch)])));
  sending.set(new Set(batches.value.map(({ post }) => post.id)));
  tellTabs(new Set(batches.value.filter(isGoingOn).map(({ post }) => post.id)));
  if (isBusy()) window.addEventListener("beforeunload", warn);
  else window.removeEventListener("beforeunload", warn);
});

person.watch(() => {
  for (const stop of stops.values()) stop.abort();
  aside.clear();
  listeners.clear();
  batches.set([]);
});

settled.watch(() => {
  const batch = batches.value.find(({ post }) => post.id === settled.value);
  if (batch === undefined || isSent(batch)) return;
  for (const { mediaId } of batch.files) stops.get(mediaId)?.abort();
  remove(batch.post.id);
  aside.set(batch.post.id, batch);
});

pending.watch(() => {
  for (const { id } of pending.value) {
    const batch = aside.get(id);
    if (batch === undefined) continue;
    aside.delete(id);
    batches.update((all) => [...all, batch]);
    for (const transfer of batch.files) if (transfer.state !== "sent") retry(transfer);
  }
});

window.addEventListener("online", () => {
  const files = batches.value.flatMap((batch) => batch.files);
  for (const transfer of files) if (transfer.state === "failed") retry(transfer);
});

function transferred({ files }: Batch): Transferred {
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const sent = files.reduce((sum, transfer) => sum + transfer.sent, 0);
  const isUnderWay = files.some(({ state }) => state === "waiting" || state === "sending");
  const left = isUnderWay ? undefined : files.find(({ state }) => state !== "sent");
  const problem = left === undefined ? null : (left.error ?? t("It was stopped."));
  return { share: total === 0 ? 1 : sent / total, problem };
}

/** A file of a post, and what shows it. */
export interface Part {
  readonly file: File;
  readonly picture: Blob;
}

/** What a post is made of, in the order of its media; null for what only the service has. */
type Parts = readonly (Part | null)[];

/** Sends a new post's files, as far as they were not sent ahead. `arrived` hears of each one's arrival. */
export function start(
  post: PostBody,
  files: Parts,
  given: readonly UploadLink[],
  arrived: Arrived,
): void {
  const batch = put(post, files, given, false);
  for (const { mediaId, state } of batch) {
    listeners.set(mediaId, arrived);
    if (state === "sent") noteArrival(mediaId);
  }
  follow(post);
  next();
  const [first] = batch;
  if (first === undefined) remove(post.id);
  else settle(first.mediaId); // all of it may be there already
}

/** Sends the files of a draft whose author still writes. What it has no longer is not sent any more. */
export function startAhead(post: PostBody, files: Parts, given: readonly UploadLink[]): void {
  put(post, files, given, true);
  next();
}

export function noteMade(mediaId: string): void {
  made.add(mediaId);
}

/** Whether this page sends or has sent the files of a draft. */
export function isSentHere(postId: string | undefined): boolean {
  return batches.value.some(({ post }) => post.id === postId);
}

/** Sends a draft no more. */
export function stopAhead(postId: string): void {
  const batch = batches.value.find(({ post, isAhead }) => isAhead && post.id === postId);
  if (batch === undefined) return;
  for (const { mediaId } of batch.files) stops.get(mediaId)?.abort();
  dropPreviews(batch.files.map(({ mediaId }) => mediaId));
  remove(postId);
}

/** The files of a post, all of them; those that are under way or sent go on as they are. */
function put(
  post: PostBody,
  parts: Parts,
  given: readonly UploadLink[],
  isAhead: boolean,
): readonly Transfer[] {
  const before = batches.value.find((batch) => batch.post.id === post.id)?.files ?? [];
  const kept = new Map(before.map((transfer) => [transfer.mediaId, transfer]));
  const missing = new Set(given.map((link) => link.media_id));
  const own = post.media.flatMap(({ id }, index) => {
    const part = parts[index];
    return part ? [{ id, ...part }] : [];
  });
  const batch = own.map(({ id, file }): Transfer => {
    const known = kept.get(id);
    kept.delete(id);
    if (known?.state === "sending" || known?.state === "sent") return known;
    const isSent = !missing.has(id) || made.has(id);
    const sent = isSent ? file.size : 0;
    return { mediaId: id, file, state: isSent ? "sent" : "waiting", sent, error: null };
  });
  for (const link of given) links.set(link.media_id, link);
  for (const { mediaId } of kept.values()) stops.get(mediaId)?.abort();
  dropPreviews(kept.keys());
  const others = batches.value.filter((other) => other.post.id !== post.id);
  batches.set([...others, { post, files: batch, isAhead }]);
  // The other tabs hear who sends before they hear of the files.
  for (const { id, file, picture } of own) {
    if (!before.some(({ mediaId }) => mediaId === id)) void recognise(id, file, picture);
  }
  return batch;
}

/** Keeps what a file is recognised by: here at once, and after a reload. */
async function recognise(mediaId: string, file: File, picture: Blob): Promise<void> {
  rememberFile(mediaId, { name: file.name });
  const still = picture.type.startsWith("video/") ? await stillOf(picture) : picture;
  if (still === null) return;
  keepPreview(mediaId, still);
  rememberFile(mediaId, { thumb: await smallPicture(still) });
}

function noteArrival(mediaId: string): void {
  rememberFile(mediaId, { isReceived: true });
  listeners.get(mediaId)?.(mediaId);
  listeners.delete(mediaId);
}

/**
 * Goes on with a file of a post of which some bytes may have arrived: after a reload, or from
 * another device. Raises `Failure`.
 */
export async function resume(
  postId: string,
  mediaId: string,
  file: File,
  arrived: Arrived = () => undefined,
): Promise<void> {
  listeners.set(mediaId, arrived);
  const link = await freshLink(mediaId);
  if (link === null) return noteArrival(mediaId);
  links.set(mediaId, link);
  const transfer: Transfer = { mediaId, file, state: "waiting", sent: 0, error: null };
  const running = batches.value.find((batch) => batch.post.id === postId);
  if (running === undefined) {
    const post = await fetchPost(postId);
    const isAhead = Boolean(post.draft_until);
    batches.update((all) => [...all, { post, files: [transfer], isAhead }]);
    follow(post);
  } else {
    const others = running.files.filter((other) => other.mediaId !== mediaId);
    replace({ ...running, files: [...others, transfer] });
  }
  void recognise(mediaId, file, file);
  next();
}

/** Stops one file; what has arrived of it in parts stays there. */
export function stop(transfer: Transfer): void {
  change(transfer.mediaId, { state: "stopped" });
  stops.get(transfer.mediaId)?.abort();
}

export function retry(transfer: Transfer): void {
  links.delete(transfer.mediaId); // it may have expired, and parts may have arrived
  change(transfer.mediaId, { state: "waiting", error: null });
  next();
}

/** Tries all files of a post again that could not be sent, or were stopped. */
export function retryPost(postId: string): void {
  const batch = batches.value.find(({ post }) => post.id === postId);
  for (const transfer of batch?.files ?? []) {
    if (transfer.state === "failed" || transfer.state === "stopped") retry(transfer);
  }
}

/** Gives up the whole post; for some seconds that can be undone, and it goes on. */
export async function discard({ post }: Batch): Promise<void> {
  if (await deletePost(post)) forget(post.id);
}

/** Whether files of posts are under way. */
export function isBusy(): boolean {
  return batches.value.some((batch) => !batch.isAhead && isUnderWay(batch));
}

function isUnderWay({ files }: Batch): boolean {
  return files.some(({ state }) => state === "waiting" || state === "sending");
}

/** Whether other tabs are told that this one sends the post: until they know of its files, too. */
function isGoingOn(batch: Batch): boolean {
  return isUnderWay(batch) || isSent(batch);
}

function next(): void {
  const files = batches.value.flatMap((batch) => batch.files);
  let free = FILES_AT_ONCE - files.filter(({ state }) => state === "sending").length;
  for (const transfer of files) {
    if (free <= 0) return;
    if (transfer.state !== "waiting") continue;
    free--;
    void run(transfer);
  }
}

async function run({ mediaId, file }: Transfer): Promise<void> {
  const stop = new AbortController();
  stops.set(mediaId, stop);
  change(mediaId, { state: "sending" });
  try {
    const link = links.get(mediaId) ?? (await freshLink(mediaId));
    const onProgress = (sent: number) => {
      change(mediaId, { sent });
      if (sent === file.size) rememberFile(mediaId, { sentAt: Date.now() });
    };
    if (link !== null) await sendFile(file, link, { signal: stop.signal, onProgress });
    noteArrival(mediaId);
    change(mediaId, { state: "sent", sent: file.size });
  } catch (error) {
    if (!stop.signal.aborted) change(mediaId, { state: "failed", error: sentence(error) });
  } finally {
    if (stops.get(mediaId) === stop) stops.delete(mediaId);
    settle(mediaId);
    next();
  }
}

function settle(mediaId: string): void {
  const batch = batchOf(mediaId);
  if (batch === undefined) return;
  hurry(batch.post.id);
  if (isSent(batch)) setTimeout(() => dismiss(batch.post.id), SHOWN_WHEN_DONE_MS);
}

/** Unless another file has begun meanwhile, in the place of one that failed. */
function dismiss(postId: string): void {
  const batch = batches.value.find(({ post }) => post.id === postId);
  if (batch !== undefined && !batch.isAhead && isSent(batch)) remove(postId);
}

function isSent({ files }: Batch): boolean {
  return files.every(({ state }) => state === "sent");
}

function change(mediaId: string, to: Partial<Transfer>): void {
  const batch = batchOf(mediaId);
  if (batch === undefined) return;
  const files = batch.files.map((file) => (file.mediaId === mediaId ? { ...file, ...to } : file));
  replace({ ...batch, files });
}

function batchOf(mediaId: string): Batch | undefined {
  return batches.value.find((batch) => batch.files.some((file) => file.mediaId === mediaId));
}

function replace(changed: Batch): void {
  batches.update((all) =>
    all.map((batch) => (batch.post.id === changed.post.id ? changed : batch)),
  );
}

function remove(postId: string): void {
  batches.update((all) => all.filter((batch) => batch.post.id !== postId));
}

/** What is kept in this browser is sent after the page was closed, too. */
function warn(event: BeforeUnloadEvent): void {
  const posted = batches.value.filter((batch) => !batch.isAhead && isUnderWay(batch));
  const files = posted.flatMap((batch) => batch.files);
  const isKept = ({ mediaId }: Transfer) => localFiles.value[mediaId]?.isKept ?? false;
  if (files.some((file) => file.state !== "sent" && !isKept(file))) event.preventDefault();
}

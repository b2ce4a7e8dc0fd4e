/**
 * Posts on their way to the API, and their files on the way to storage. All of it is kept in this browser,
 * so that it goes on by itself after a reload, a crash or a session that was lost.
 *
 *     posted ──> declared by POST /posts ──> its files are sent, each dropped once it has arrived
 *        └─────> refused: its author edits it, or discards it
 */
import { call, type PostBody, type PostCreated, type UploadLink } from "../api.ts";
import { person } from "../auth.ts";
import { Failure, NetworkError, passes, SessionOver, sentence } from "../errors.ts";
import { t } from "../language.ts";
import { localFiles, rememberFile } from "../local-files.ts";
import { noteKept, type Outgoing, outgoing, settled } from "../pending.ts";
import { rememberOwn } from "../posts.ts";
import { delayAfter } from "../recovery.ts";
import { toast } from "../toasts.ts";
import { isGone, partOfPost } from "./ahead.ts";
import { bodyOf, postingOf } from "./body.ts";
import { withPicture } from "./cropped.ts";
import type { Draft, OnServer } from "./draft.ts";
import { giveUp, whenBack } from "./given-up.ts";
import { factsOf, hasFile, type Item, newItem, release, shownAgain } from "./item.ts";
import {
  dropFiles,
  isFileKept,
  keepFile,
  keptFiles,
  readAll,
  takeLock,
  tidyFiles,
  write,
} from "./kept.ts";
import { EMPTY, itemsOf, type KeptDraft, keptOf } from "./kept-draft.ts";
import { resume, start, stopAhead } from "./queue.ts";
import { recropped } from "./recropped.ts";

/** As this browser keeps it, by its key. */
interface KeptPost {
  /** One key for one post, however often it is sent: a broken connection makes no second post. */
  readonly key: string;
  readonly draft: KeptDraft;
  /** Null until the API knows it. */
  readonly postId: string | null;
  /** Its media by the items that they are of. */
  readonly media: Readonly<Record<string, string>>;
}

interface Entry {
  readonly key: string;
  readonly draft: Draft;
  readonly stop: AbortController;
}

const UNDO_MS = 15_000;
/** The longest time for which a post is not sent because it is not seen yet. */
const MOST_UNSEEN_MS = 200;
const LOCK = "shutterfeed.outbox.";
/** Why an entry is stopped that the API should not have. */
const GIVEN_UP = new Failure("given up");

/** What the API does not know yet, by key. */
const entries = new Map<string, Entry>();
/** What the API knows, while files of it are kept; by key. */
const declared = new Map<string, KeptPost>();
/** The keys of what no other tab sends before this one is closed. */
const locked = new Set<string>();
/** The keys of what this page has begun to send. */
const begun = new Set<string>();
/** The drafts of the API of which a post was given up and brought back: a late answer is no reason to delete them. */
const broughtBack = new Set<string>();

person.watch(() => {
  for (const { stop } of entries.values()) stop.abort();
  entries.clear();
  declared.clear();
  begun.clear();
  broughtBack.clear();
});

window.addEventListener("online", () => void resumeOutbox());

// Whatever became of it, nothing of it is to be sent any more.
settled.watch(() => {
  for (const kept of [...declared.values()]) if (kept.postId === settled.value) drop(kept);
});

/**
 * Sends a draft of which every file can be posted, as far as is known. It leaves `slot`, in which this
 * browser keeps it; null if it keeps it nowhere.
 */
export function send(draft: Draft, slot: string | null = null): void {
  const entry: Entry = { key: crypto.randomUUID(), draft, stop: new AbortController() };
  void begin(entry, slot);
}

/** Goes on with all that was under way when the page was closed, except what another tab sends. */
export async function resumeOutbox(): Promise<void> {
  await tidyFiles();
  const posts = await readAll<KeptPost>("posts");
  if (posts === null) return;
  noteKept(posts.length > 0);
  const ahead = ((await readAll<KeptDraft>("draft")) ?? []).map(
    ({ server }) => server?.media ?? {},
  );
  const kept = new Set([
    ...posts.flatMap(({ media }) => Object.values(media)),
    ...ahead.flatMap((media) => Object.values(media).map(({ id }) => id)),
  ]);
  for (const [mediaId, { isKept }] of Object.entries(localFiles.value)) {
    if (isKept && !kept.has(mediaId)) rememberFile(mediaId, { isKept: false }); // the browser lost it
  }
  for (const post of posts) void goOn(post);
}

/** Gives up a post that the API does not know; for some seconds that can be undone. */
export function discardOutgoing(key: string): void {
  const entry = end(key);
  if (entry === null) return;
  const ids = entry.draft.items.map(({ id }) => id);
  const { server } = entry.draft;
  const dropping = setTimeout(() => dropFiles(ids), UNDO_MS);
  const restore = server && giveUp(server.postId);
  if (server !== null) broughtBack.delete(server.postId);
  toast(t("Post discarded."), {
    action: t("Undo"),
    onAction: () => {
      clearTimeout(dropping);
      if (server !== null) broughtBack.add(server.postId);
      void restore?.(); // if it is not there any more, all is sent anew
      send({ ...entry.draft, items: entry.draft.items.map(shownAgain) });
    },
  });
}

/** Takes a post back that the API has refused: it is a draft again. Null if there is none. */
export function takeBack(key: string): Draft | null {
  return end(key)?.draft ?? null;
}

/**
 * Keeps a file that has taken the place of one that failed, until what is returned is told that it has
 * arrived.
 */
export async function keepOne(
  postId: string,
  mediaId: string,
  file: File,
): Promise<(mediaId: string) => void> {
  const item = newItem(file);
  const key = crypto.randomUUID();
  const draft = keptOf({ ...EMPTY, items: [item] });
  const kept: KeptPost = { key, draft, postId, media: { [item.id]: mediaId } };
  begun.add(key);
  declared.set(key, kept);
  await isOurs(key);
  await write((shelf) => void shelf("posts").put(kept, key));
  const isKept = await keepFile(item.id, file);
  rememberFile(mediaId, { isKept });
  if (isKept) noteKept(true);
  return arrived(kept);
}

async function begin(entry: Entry, slot: string | null): Promise<void> {
  show(entry);
  begun.add(entry.key);
  entries.set(entry.key, entry);
  void isOurs(entry.key);
  void keepEntry(entry, slot);
  await drawn();
  if (!entry.stop.signal.aborted) await declare(entry);
}

/** Once what was shown is on the screen: people wait for that. A page that is in the background draws nothing. */
function drawn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, MOST_UNSEEN_MS);
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
  });
}

async function keepEntry({ key, draft }: Entry, slot: string | null): Promise<void> {
  const kept = keptPost(key, draft);
  const isKept = await write((shelf) => {
    shelf("posts").put(kept, key);
    if (slot !== null) shelf("draft").delete(slot);
  });
  if (isKept) noteKept(true);
  for (const { id, file } of draft.items.filter(hasFile)) {
    if (!isFileKept(id)) await keepFile(id, file);
  }
  const isUnderWay = entries.has(key) || declared.has(key);
  if (!isUnderWay) dropFiles(draft.items.map(({ id }) => id)); // they were sent meanwhile
}

/** A post that the API does not know. */
function keptPost(key: string, draft: Draft): KeptPost {
  return { key, draft: keptOf(draft), postId: null, media: {} };
}

/** Whether this tab sends the post: no other one does before this one is closed. */
async function isOurs(key: string): Promise<boolean> {
  if (!locked.has(key) && (await takeLock(LOCK + key)) === null) return false;
  locked.add(key);
  return true;
}

/** Tells the API of the post until it has taken or refused it; then its files are sent. */
async function declare(entry: Entry): Promise<void> {
  const { key, stop } = entry;
  entries.set(key, entry);
  for (let attempt = 0; !stop.signal.aborted; attempt++) {
    try {
      return await declareOnce(entries.get(key)!);
    } catch (error) {
      if (stop.signal.aborted) return;
      if (error instanceof SessionOver) return leave(key);
      if (!passes(error)) return refuse(entry, error);
      say(key, { waitsFor: whyLater(error) });
      await pause(delayAfter(attempt), stop.signal);
    }
  }
}

/** It stays kept, and goes on the next time. */
function leave(key: string): void {
  entries.delete(key);
  begun.delete(key);
}

async function declareOnce(entry: Entry): Promise<void> {
  const { stop } = entry;
  const items = await Promise.all(entry.draft.items.map(withFacts));
  const draft = { ...entry.draft, items };
  const { post, uploads } = await posted({ ...entry, draft });
  if (stop.signal.reason === GIVEN_UP && !broughtBack.has(post.id)) {
    await call("delete", "/posts/{id}", { path: { id: post.id } });
  }
  stop.signal.throwIfAborted();
  sendFiles({ ...entry, draft }, post, uploads);
}

/** Posts the draft that the API has, or all anew if it has none any more. */
async function posted(entry: Entry): Promise<PostCreated> {
  const { key, draft } = entry;
  const { server } = draft;
  if (server !== null) {
    await whenBack(server.postId);
    try {
      return await call("put", "/posts/{id}/draft", {
        path: { id: server.postId },
        body: postingOf(
          draft,
          await recropped(server, draft.items, (now) => keepCropped(entry, now)),
        ),
      });
    } catch (error) {
      if (!isGone(error)) throw error;
      stopAhead(server.postId);
    }
  }
  return call("post", "/posts", { header: { "Idempotency-Key": key }, body: bodyOf(draft) });
}

/**
 * Remembers which photos took the place of others. The API knows a repetition of what posts a draft by all
 * that is in it: were it told of other media than before, the post would be made a second time.
 */
async function keepCropped({ key, draft, stop }: Entry, server: OnServer): Promise<void> {
  if (stop.signal.aborted) return;
  const now = { ...draft, server };
  entries.set(key, { key, draft: now, stop });
  await write((shelf) => void shelf("posts").put(keptPost(key, now), key));
}

async function withFacts(item: Item): Promise<Item> {
  if (!hasFile(item)) return item;
  try {
    return { ...item, ...(await factsOf(item)) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(t("{name}: {reason}", { name: item.name, reason: error.message }));
  }
}

function sendFiles({ key, draft }: Entry, post: PostBody, uploads: readonly UploadLink[]): void {
  const media = Object.fromEntries(draft.items.map(({ id }, at) => [id, post.media[at]!.id]));
  const kept: KeptPost = { key, draft: keptOf(draft), postId: post.id, media };
  declared.set(key, kept);
  entries.delete(key);
  rememberOwn(post);
  start(post, draft.items.map(partOfPost), uploads, arrived(kept));
  for (const { id } of draft.items.filter(hasFile))
    rememberFile(media[id]!, { isKept: isFileKept(id) });
  outgoing.update((all) => all.filter((other) => other.key !== key));
  for (const item of draft.items) release(item);
  void write((shelf) => void shelf("posts").put(kept, key));
}

/** Goes on with a post that was kept. */
async function goOn(kept: KeptPost): Promise<void> {
  const { key, draft, postId, media } = kept;
  if (begun.has(key)) return;
  begun.add(key);
  if (!(await isOurs(key))) return leave(key);
  const files = await keptFiles(draft.items.map(({ id }) => id));
  const items = await Promise.all(itemsOf(draft, files).map(withPicture));
  if (postId === null) {
    if (items.length === 0) return drop(kept);
    const whole = { ...EMPTY, ...draft, items: items.map(shownAgain) }; // an older page knew less
    const entry: Entry = { key, draft: whole, stop: new AbortController() };
    show(entry);
    return declare(entry);
  }
  declared.set(key, kept);
  const here = items.filter(hasFile);
  for (const { id, file } of here) {
    try {
      await resume(postId, media[id]!, file, arrived(kept));
    } catch (error) {
      if (passes(error) || error instanceof SessionOver) return leave(key);
      return drop(kept); // deleted, or too late
    }
  }
  if (here.length === 0) drop(kept);
}

/** What is done when one of its files has arrived: its copy goes, and with the last one the post's. */
function arrived({ key, media }: KeptPost): (mediaId: string) => void {
  return (mediaId) => {
    const ids = Object.keys(media).filter((id) => media[id] === mediaId);
    dropFiles(ids);
    rememberFile(mediaId, { isKept: false });
    const isWhole = Object.keys(media).every((id) => !isFileKept(id));
    if (isWhole) forgetPost(key);
  };
}

function drop({ key, draft, media }: KeptPost): void {
  dropFiles(draft.items.map(({ id }) => id));
  for (const id of Object.values(media)) rememberFile(id, { isKept: false });
  forgetPost(key);
}

function forgetPost(key: string): void {
  declared.delete(key);
  void write((shelf) => void shelf("posts").delete(key)).then(async () => {
    const left = await readAll("posts");
    if (left !== null) noteKept(left.length > 0);
  });
}

/** Takes a post out of the outbox that the API does not know. Null if there is none. */
function end(key: string): Entry | null {
  const entry = entries.get(key);
  if (entry === undefined) return null;
  entry.stop.abort(GIVEN_UP);
  entries.delete(key);
  outgoing.update((all) => all.filter((other) => other.key !== key));
  forgetPost(key);
  return entry;
}

function refuse(entry: Entry, error: unknown): void {
  const refusal = error instanceof Failure ? error : null;
  entries.set(entry.key, { ...entry, draft: { ...entry.draft, refusal } });
  say(entry.key, { problem: sentence(error), waitsFor: null });
}

function show({ key, draft }: Entry): void {
  const pictures = draft.items.filter(({ type }) => type?.startsWith("image/"));
  const previews = pictures.flatMap(({ preview }) => preview ?? []);
  const { caption } = draft;
  const shown: Outgoing = { key, caption, previews, problem: null, waitsFor: null };
  outgoing.update((all) => [shown, ...all.filter((other) => other.key !== key)]);
}

function say(key: string, to: Partial<Outgoing>): void {
  outgoing.update((all) => all.map((other) => (other.key === key ? { ...other, ...to } : other)));
}

/** Why the API has to be asked again. One need not try again oneself, as is said elsewhere. */
function whyLater(error: unknown): string {
  return error instanceof NetworkError
    ? t("There is no connection. Your post is kept here until there is one.")
    : sentence(error);
}

/** Waits for this time, or for the network to come back. */
function pause(delay: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, delay);
    window.addEventListener("online", go);
    signal.addEventListener("abort", go, { once: true });
  });
}

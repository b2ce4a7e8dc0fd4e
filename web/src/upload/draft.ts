/**
 * A post that is being put together. It is kept when its dialog is closed, and in this browser when the
 * page is; it is gone when it is posted or discarded.
 */
import { MAX_MEDIA, MAX_PAGE } from "../../build/limits.ts";
import type { CommentsFrom } from "../answers/comments-choice.tsx";
import { type CreatePost, call, type PlaceBody, type UploadBody } from "../api.ts";
import { person } from "../auth.ts";
import { openCompose } from "../compose.ts";
import type { Rectangle } from "../cropping/rectangle.ts";
import { Failure } from "../errors.ts";
import { t } from "../language.ts";
import { fetchPost } from "../posts.ts";
import { Store } from "../store.ts";
import { toast } from "../toasts.ts";
import { sendAhead, sendAheadAgain, sendAheadNow } from "./ahead.ts";
import { wordsOf } from "./body.ts";
import { giveUp } from "./given-up.ts";
import {
  factsOf,
  hasFile,
  type Item,
  type LocalItem,
  newItem,
  release,
  shownAgain,
} from "./item.ts";
import { joined, leftOf, noteOf } from "./joining.ts";
import { dropFiles, keepFile, write } from "./kept.ts";
import { EMPTY, type KeptDraft, keptOf } from "./kept-draft.ts";
import { latest, sayWhatBecame } from "./latest.ts";
import { send, takeBack } from "./outbox.ts";
import { resume } from "./queue.ts";
import { keepAside, keptChanges, leaveSlot, ownSlot, takeSlot } from "./slot.ts";

/** As long as the message that offers to undo is shown, and a little longer. */
const UNDO_MS = 15_000;
const KEEP_AFTER_MS = 400;

interface SentMedium {
  readonly id: string;
  /** What the API shows of the file; null for all of it. */
  readonly crop: Rectangle | null;
}

/** What the API has of a draft whose author still writes: see ahead.ts. */
export interface OnServer {
  readonly postId: string;
  /** Its media by the items that they are of. */
  readonly media: Readonly<Record<string, SentMedium>>;
  /** When it expires, which says which of its versions it is; null if that is not known. */
  readonly until: string | null;
  /** What the API was told to be said of it, see `wordsOf`. */
  readonly words: string;
}

/**
 * What the API was asked to make a draft of, and has not answered. Asked again with the same key it makes no
 * second one, whichever page asks.
 */
export interface Declaring {
  readonly key: string;
  readonly body: CreatePost;
  /** The items of its media, as they were cropped then. */
  readonly items: readonly Pick<Item, "id" | "crop">[];
  /** What is said in it, see `wordsOf`. */
  readonly words: string;
}

export interface Draft {
  readonly items: readonly Item[];
  readonly caption: string;
  /** Null for none. */
  readonly place: PlaceBody | null;
  /** When it was taken, as another client has said: there is no field for it here. Null if none has. */
  readonly takenAt: string | null;
  readonly keepsCapture: boolean;
  readonly isSensitive: boolean;
  readonly commentsFrom: CommentsFrom;
  /** When it is to be published, as in "2026-05-04T12:30" by the clock of this device; empty for now. */
  readonly publishAt: string;
  /** Null if nothing of it was sent. */
  readonly server: OnServer | null;
  readonly declaring: Declaring | null;
  /** About the selection as a whole. */
  readonly note: string | null;
  /** Why the API did not take it. */
  readonly refusal: Failure | null;
}

export const draft = new Store<Draft>(EMPTY);

let unfinished: Promise<readonly UploadBody[]> | undefined;
/** What was kept is in the draft, and changes of the draft are kept. */
let isKeeping = false;
let keeping: ReturnType<typeof setTimeout> | undefined;

draft.watch(() => {
  clearTimeout(keeping);
  keeping = setTimeout(() => void keepDraft(), KEEP_AFTER_MS);
  sendAhead(draft, keepDraft);
});

window.addEventListener("online", () => sendAheadAgain(draft, keepDraft));

document.addEventListener("visibilitychange", () => {
  if (document.hidden) void keepDraft(); // the page may be on its way out
});

person.watch(() => {
  isKeeping = false; // what is kept belongs to somebody else
  leaveSlot();
  empty();
});

/** A change by hand, after which notes about the former state do not count any more. */
export function edit(to: Partial<Draft>): void {
  draft.update((current) => ({ ...current, note: null, refusal: null, ...to }));
}

/**
 * Shows what was kept when the page was closed, behind what was chosen since. If this tab has no draft, it
 * takes that of one that was closed.
 */
export async function loadDraft(): Promise<void> {
  if (isKeeping && draft.value.items.length > 0) return;
  const before = person.value;
  const kept = await takeSlot();
  const found = kept && (await latest(kept, kept.server?.postId ?? null));
  if (person.value !== before) return;
  isKeeping = true;
  if (typeof found === "object") return bringBack(found);
  if (kept === undefined || found === undefined) return;
  sayWhatBecame(found);
  dropFiles(kept.items.map(({ id }) => id));
  void keepDraft();
}

/** Tells the API all of the draft, if it can be asked: it can be gone on with on other devices then. */
export function tellNow(): Promise<void> {
  return sendAheadNow(draft, keepDraft);
}

/**
 * Puts the draft aside, so that another one can be begun. False if neither this browser nor the service keeps
 * it, which its note says then.
 */
export async function putAside(): Promise<boolean> {
  if (draft.value.items.length === 0) return true;
  await tellNow();
  const [current, name] = [draft.value, ownSlot()];
  clearTimeout(keeping);
  const isKept = name !== null && (await keepAside(keptOf(current), name));
  if (!isKept && !isAllThere(current)) {
    const note = t("The draft could not be saved, as this browser has no room for it.");
    edit({ note });
    return false;
  }
  isKeeping = false;
  leaveSlot();
  empty();
  return true;
}

/** Opens the dialog, which is empty, with a draft of the place that this tab has taken. */
export function showTaken(found: Draft): void {
  isKeeping = true;
  bringBack(found);
  openCompose();
}

/** Whether the API has all of it. */
function isAllThere(current: Draft): boolean {
  const { server, items } = current;
  if (server === null || server.words !== wordsOf(current)) return false;
  return items.every(({ id }) => server.media[id] !== undefined);
}

export function add(files: readonly File[]): void {
  const room = MAX_MEDIA - draft.value.items.length;
  const added = files.slice(0, Math.max(0, room)).map(newItem);
  const note = noteOf(files.length - added.length);
  edit({ items: [...draft.value.items, ...added], note });
  for (const item of added) void prepare(item);
}

export function remove(item: Item): void {
  release(item);
  dropFiles([item.id]);
  edit({ items: draft.value.items.filter(({ id }) => id !== item.id) });
}

export function move(id: string, to: number): void {
  const items = [...draft.value.items];
  const from = items.findIndex((item) => item.id === id);
  const [item] = items.splice(from, 1);
  if (item === undefined) return;
  items.splice(Math.max(0, Math.min(items.length, to)), 0, item);
  edit({ items });
}

export function changeItem(id: string, to: Partial<Item>): void {
  draft.update((current) => ({
    ...current,
    items: current.items.map((item) => (item.id === id ? { ...item, ...to } : item)),
  }));
}

/** Gives the draft up; for some seconds that can be undone. */
export function discard(): void {
  const before = draft.value;
  const { server } = before;
  const dropping = setTimeout(() => dropFiles(before.items.map(({ id }) => id)), UNDO_MS);
  const restore = server && giveUp(server.postId);
  empty();
  void keepDraft(); // at once: the tab may be closed
  toast(t("Draft discarded."), {
    action: t("Undo"),
    onAction: () => {
      clearTimeout(dropping);
      const isMixed = draft.value.items.every(hasFile);
      if (!isMixed || leftOf(draft.value, before) !== server) void restore?.();
      if (isMixed) {
        bringBack({ ...before, items: before.items.map(shownAgain) });
        openCompose();
      } else {
        void keepAside(keptOf(before), crypto.randomUUID()); // nothing is mixed with what is only there
        toast(t("It is among your drafts."));
      }
    },
  });
}

/** What keeps the draft from being posted, or null. Files that cannot be posted are left out. */
export function obstacle({ items, publishAt }: Draft): string | null {
  if (items.length === 0) return t("Choose a photo or video first.");
  if (items.every(({ problem }) => problem !== null)) {
    return t("None of these files can be posted. Please choose others.");
  }
  // A time that was not typed to its end is empty, as is one that is left out.
  if (publishAt !== "" && Date.parse(publishAt) < Date.now()) {
    return t("The time for posting is over. Please choose a later one, or none.");
  }
  return null;
}

/** Hands the post over to be sent: it is seen as posted at once, and the draft is empty. */
export function post(): void {
  const current = draft.value;
  const left = current.items.filter(({ problem }) => problem !== null);
  const items = current.items.filter(({ problem }) => problem === null);
  send({ ...current, items }, ownSlot());
  draft.set(EMPTY);
  for (const item of left) release(item);
  dropFiles(left.map(({ id }) => id));
  unfinished = undefined;
}

/** Takes a post that the API has refused back into the dialog, with what is wrong. */
export function editRefused(key: string): void {
  if (draft.value.items.length > 0) {
    toast(t("Please post or discard the post that you have begun first."));
    return;
  }
  const refused = takeBack(key);
  if (refused === null) return;
  draft.set(refused);
  openCompose();
}

/** Sends the file to the post that it was meant for, and takes it out of this one. */
export async function continueUnfinished(item: LocalItem, upload: UploadBody): Promise<void> {
  await resume(upload.post_id, upload.media_id, item.file);
  remove(item);
}

function empty(): void {
  for (const item of draft.value.items) release(item);
  unfinished = undefined;
  draft.set(EMPTY);
}

/** Shows a draft again, behind what was chosen meanwhile, as far as there is room. */
function bringBack(before: Draft): void {
  const now = draft.value;
  const left = leftOf(now, before);
  if (left !== null) void giveUp(left.postId);
  const both = joined(now, before);
  draft.set(both);
  for (const item of before.items)
    if (both.items.includes(item) && hasFile(item)) void prepare(item);
}

async function keepDraft(): Promise<void> {
  clearTimeout(keeping);
  const name = ownSlot();
  if (!isKeeping || name === null) return;
  const current = draft.value;
  await write((shelf) => {
    if (current.items.length === 0) shelf("draft").delete(name);
    else shelf("draft").put({ ...keptOf(current), keptAt: Date.now() } satisfies KeptDraft, name);
  });
  if (current.items.length === 0) keptChanges.update((count) => count + 1);
}

/** Finds out all that the API wants to know of a file, and keeps it if it can be posted. */
async function prepare(item: LocalItem): Promise<void> {
  const { id } = item;
  try {
    const facts = factsOf(item, (known) => changeItem(id, known));
    void keep(item, facts);
    const { sha256 } = await facts;
    changeItem(id, { unfinished: await unfinishedOf(sha256) });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const isOfFile = await factsOf(item).then(
      () => false, // the API could not be asked for an unfinished upload
      () => true,
    );
    if (isOfFile) changeItem(id, { problem: error.message });
  }
}

async function keep({ id, file }: LocalItem, facts: Promise<unknown>): Promise<void> {
  const isPostable = await facts.then(
    () => true,
    () => false,
  );
  if (!isPostable || !draft.value.items.some((item) => item.id === id)) return;
  if (await keepFile(id, file)) return keepDraft();
  draft.update((current) => ({
    ...current,
    note: t(
      "This browser has no room to keep your files. Please stay on this page until they are sent.",
    ),
  }));
}

/** The ledger's entry of the same content that still waits for its bytes. */
async function unfinishedOf(sha256: string): Promise<UploadBody | null> {
  unfinished ??= call("get", "/me/uploads", { query: { limit: MAX_PAGE } }).then(({ items }) =>
    items.filter(({ state, purpose }) => state === "awaiting" && purpose === "post"),
  );
  const found = (await unfinished).find((upload) => upload.sha256 === sha256);
  if (found === undefined) return null;
  // What waits for it may be a draft, this one too.
  return (await fetchPost(found.post_id)).draft_until ? null : found;
}

/**
 * Sends the files of a draft while its author still writes. The API has a draft of its own then, which
 * nobody else sees, with the files alone. What is said of them is told once its author leaves it.
 */
import { call, type PostBody, type PostCreated } from "../api.ts";
import { savesData } from "../data-saver.ts";
import { ApiError, explained, Failure, isNotFound, passes } from "../errors.ts";
import { rememberFile } from "../local-files.ts";
import type { Store } from "../store.ts";
import { aheadOf, aheadOn, NO_WORDS, unsaid, wordsOf } from "./body.ts";
import { pictureOf } from "./cropped.ts";
import type { Draft, OnServer } from "./draft.ts";
import { giveUp, whenBack } from "./given-up.ts";
import { hasFile, type Item } from "./item.ts";
import { isFileKept } from "./kept.ts";
import { isSentHere, type Part, startAhead } from "./queue.ts";
import { isLost, recropped } from "./recropped.ts";

/** Files that are chosen one after the other are told of together. */
const PAUSE_MS = 1_500;
const AGAIN_MS = 15_000;
/** What is told of a draft that the API has no longer, or that has changed elsewhere. */
const GONE = ["draft_expired", "not_a_draft", "unknown_medium", "not_stored", "medium_replaced"];

/** What this page has told the API of, since it was opened: the draft's id, and its files. */
let told = "";
let timer: ReturnType<typeof setTimeout> | undefined;
let looked = "";
let running: Promise<void> | null = null;

/** Keeps the draft in this browser, as it is now. */
type Keep = () => Promise<void>;

/** The API's answer, and what it had been told. */
interface Answer extends PostCreated {
  readonly items: readonly Pick<Item, "id" | "crop">[];
  readonly words: string;
}

/** Looks whether the files of the draft have changed, and sends them soon. */
export function sendAhead(draft: Store<Draft>, keep: Keep): void {
  const state = stateOf(draft.value.server, sendable(draft.value)) + isKnown(draft.value);
  if (state === looked) return;
  looked = state;
  later(draft, keep, PAUSE_MS);
}

/** Goes on after the network was gone. */
export function sendAheadAgain(draft: Store<Draft>, keep: Keep): void {
  later(draft, keep, PAUSE_MS);
}

/** Tells the API all of the draft now, also what is said of it, if it can be asked. */
export async function sendAheadNow(draft: Store<Draft>, keep: Keep): Promise<void> {
  clearTimeout(timer);
  await running;
  await run(draft, keep, true);
}

/** Whether the API has a draft no longer as it was known here. */
export function isGone(error: unknown): boolean {
  return isNotFound(error) || (error instanceof ApiError && GONE.includes(error.code));
}

function later(draft: Store<Draft>, keep: Keep, delay: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void run(draft, keep), delay);
}

async function run(draft: Store<Draft>, keep: Keep, saysAll = false): Promise<void> {
  if (running !== null || savesData() || !navigator.onLine) return;
  running = goThrough(draft, keep, saysAll);
  await running;
}

async function goThrough(draft: Store<Draft>, keep: Keep, saysAll: boolean): Promise<void> {
  try {
    while (await step(draft, keep, saysAll));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (passes(error)) later(draft, keep, AGAIN_MS); // else it is told when it is posted
  } finally {
    running = null;
  }
}

/** Tells the API of the draft's files, and sends them. False if there is nothing to do. */
async function step(draft: Store<Draft>, keep: Keep, saysAll: boolean): Promise<boolean> {
  const { server } = draft.value;
  const items = sendable(draft.value);
  if (!isKnown(draft.value) || items.length === 0) return false;
  const [words, before] = [wordsOf(draft.value), server?.words ?? NO_WORDS];
  // What was discarded is sent no more: if it is brought back, it goes on.
  const isSent = told === stateOf(server, items) && isSentHere(server?.postId);
  if (isSent && !(saysAll && words !== before)) return false;
  // What was said once is not taken back by telling of another file.
  const isSaid = saysAll || before !== NO_WORDS;
  const said = isSaid ? { ...draft.value, items } : unsaid(items);
  const answer = await declared(draft, keep, said, isSaid ? words : NO_WORDS);
  const ids = new Set(answer.items.map(({ id }) => id));
  if (draft.value.items.some(({ id }) => ids.has(id))) take(draft, answer);
  else {
    // Posted or discarded meanwhile. Nobody knows of a new one.
    if (answer.post.id !== server?.postId) void giveUp(answer.post.id);
    draft.update((current) => ({ ...current, declaring: null }));
  }
  return true;
}

function take(draft: Store<Draft>, { post, uploads, items, words }: Answer): void {
  const sent = items.map(({ id, crop }, at) => ({ id, crop, medium: post.media[at]! }));
  const media = Object.fromEntries(
    sent.flatMap(({ id, crop, medium }) => (isLost(medium) ? [] : [[id, { id: medium.id, crop }]])),
  );
  const server: OnServer = { postId: post.id, media, until: post.draft_until ?? null, words };
  const mediumOf = new Map(sent.map(({ id, medium }) => [id, medium]));
  draft.update((current) => ({
    ...current,
    server,
    declaring: null,
    items: current.items.map((item) => {
      const medium = mediumOf.get(item.id);
      return { ...item, problem: (medium && refusalOf(item, medium)) ?? item.problem };
    }),
  }));
  const here = new Map(draft.value.items.map((item) => [item.id, item]));
  const parts = items.map(({ id }) => {
    const item = here.get(id);
    return item === undefined ? null : partOfPost(item);
  });
  startAhead(post, parts, uploads);
  for (const [id, medium] of Object.entries(media)) {
    rememberFile(medium.id, { isKept: isFileKept(id) });
  }
  told = post.media.some(isLost) ? "" : stateOf(server, items);
}

/** What is sent of an item, if it is here. */
export function partOfPost(item: Item): Part | null {
  return hasFile(item) ? { file: item.file, picture: pictureOf(item) } : null;
}

async function declared(
  draft: Store<Draft>,
  keep: Keep,
  said: Draft,
  words: string,
): Promise<Answer> {
  const { server } = draft.value;
  const { items } = said;
  if (server !== null) {
    await whenBack(server.postId);
    try {
      const answer = await call("put", "/posts/{id}/draft", {
        path: { id: server.postId },
        body: aheadOn(said, await recropped(server, items)),
      });
      return { ...answer, items, words };
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  return made(draft, keep, said, words);
}

/**
 * Makes a draft there, or hears of the one that was made: what a page needs to ask again is kept before
 * the API is asked, so that neither a broken connection nor a page that is closed leaves one there.
 */
async function made(draft: Store<Draft>, keep: Keep, said: Draft, words: string): Promise<Answer> {
  const before = draft.value.declaring;
  const declaring = before ?? {
    key: crypto.randomUUID(),
    body: aheadOf(said),
    items: said.items.map(({ id, crop }) => ({ id, crop })),
    words,
  };
  if (before === null) {
    draft.update((current) => ({ ...current, declaring }));
    await keep();
  }
  const { key, body } = declaring;
  try {
    const answer = await call("post", "/posts", { header: { "Idempotency-Key": key }, body });
    return { ...answer, items: declaring.items, words: declaring.words };
  } catch (error) {
    if (!(error instanceof Failure) || passes(error)) throw error;
    draft.update((current) => ({ ...current, declaring: null }));
    // It was discarded, which was undone.
    if (error instanceof ApiError && error.code === "post_deleted") {
      return made(draft, keep, said, words);
    }
    throw error;
  }
}

/** Whether of each file either all is known, or why it cannot be posted. */
function isKnown({ items }: Draft): boolean {
  return items.every((item) => isFound(item) || item.problem !== null);
}

/** What can be posted, and does not go on with a post that was begun before. */
function sendable({ items }: Draft): readonly Item[] {
  return items.filter((item) => isFound(item) && item.problem === null && item.unfinished === null);
}

/** Whether all is known that the API wants to know. */
function isFound(item: Item): boolean {
  return item.sha256 !== null || !hasFile(item);
}

/** In whatever order: that is told when it is posted. */
function stateOf(server: OnServer | null, items: readonly Pick<Item, "id" | "crop">[]): string {
  const parts = items.map(({ id, crop }) =>
    JSON.stringify([id, server?.media[id]?.id, server?.media[id]?.crop, crop]),
  );
  return [server?.postId ?? "", ...parts.sort()].join();
}

type Medium = PostBody["media"][number];

/** Why the service cannot take a file, as it has found out meanwhile. */
function refusalOf(item: Item, medium: Medium): string | null {
  const isDeclaredAnew = isLost(medium) && hasFile(item);
  return medium.failure === null || isDeclaredAnew ? null : explained("failure", medium.failure);
}

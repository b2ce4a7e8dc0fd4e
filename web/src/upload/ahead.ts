/**
 * Sends the files of a draft while its author still writes. The API has a draft of its own then, which
 * nobody else sees, with the files alone: what is said of them stays here until it is posted.
 */
import { call, type PostBody, type PostCreated } from "../api.ts";
import { savesData } from "../data-saver.ts";
import { ApiError, explained, Failure, isNotFound, passes } from "../errors.ts";
import { rememberFile } from "../local-files.ts";
import type { Store } from "../store.ts";
import { aheadOf, aheadOn } from "./body.ts";
import { wholeOf } from "./cropped.ts";
import type { Draft, OnServer } from "./draft.ts";
import type { Item } from "./item.ts";
import { isFileKept } from "./kept.ts";
import { isSentHere, startAhead } from "./queue.ts";
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
let isRunning = false;
/** The same files are declared with the same key: a broken connection makes no second draft. */
let attempt = { files: "", key: "" };

/** Looks whether the files of the draft have changed, and sends them soon. */
export function sendAhead(draft: Store<Draft>): void {
  const state = stateOf(draft.value.server, sendable(draft.value)) + isKnown(draft.value);
  if (state === looked) return;
  looked = state;
  later(draft, PAUSE_MS);
}

/** Goes on after the network was gone. */
export function sendAheadAgain(draft: Store<Draft>): void {
  later(draft, PAUSE_MS);
}

/** Discards the API's draft. If that fails, it expires by itself. */
export function discardAhead(postId: string): void {
  call("delete", "/posts/{id}", { path: { id: postId } }).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
  });
}

/** Whether the API has a draft no longer as it was known here. */
export function isGone(error: unknown): boolean {
  return isNotFound(error) || (error instanceof ApiError && GONE.includes(error.code));
}

function later(draft: Store<Draft>, delay: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void run(draft), delay);
}

async function run(draft: Store<Draft>): Promise<void> {
  if (isRunning || savesData() || !navigator.onLine) return;
  isRunning = true;
  try {
    while (await step(draft));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (passes(error)) later(draft, AGAIN_MS); // else it is told when it is posted
  } finally {
    isRunning = false;
  }
}

/** Tells the API of the draft's files, and sends them. False if there is nothing to do. */
async function step(draft: Store<Draft>): Promise<boolean> {
  const { server } = draft.value;
  const items = sendable(draft.value);
  if (!isKnown(draft.value) || items.length === 0) return false;
  // What was discarded is sent no more: if it is brought back, it goes on.
  if (told === stateOf(server, items) && isSentHere(server?.postId)) return false;
  const answer = await declared(server, items);
  const ids = new Set(items.map(({ id }) => id));
  if (!draft.value.items.some(({ id }) => ids.has(id))) {
    // Posted or discarded meanwhile. Nobody knows of a new one.
    if (answer.post.id !== server?.postId) discardAhead(answer.post.id);
    return false;
  }
  take(draft, items, answer);
  return true;
}

function take(draft: Store<Draft>, items: readonly Item[], { post, uploads }: PostCreated): void {
  const media = Object.fromEntries(
    items.flatMap(({ id, crop }, at) => {
      const medium = post.media[at]!;
      return isLost(medium) ? [] : [[id, { id: medium.id, crop }]];
    }),
  );
  const server: OnServer = { postId: post.id, media };
  const problems = new Map(items.map(({ id }, at) => [id, refusalOf(post.media[at]!)]));
  draft.update((current) => ({
    ...current,
    server,
    items: current.items.map((item) => ({
      ...item,
      problem: problems.get(item.id) ?? item.problem,
    })),
  }));
  const pictures = items.map((item) => item.cropped ?? wholeOf(item));
  startAhead(post, { files: items.map(({ file }) => file), pictures }, uploads);
  for (const [id, medium] of Object.entries(media)) {
    rememberFile(medium.id, { isKept: isFileKept(id) });
  }
  told = post.media.some(isLost) ? "" : stateOf(server, items);
}

async function declared(server: OnServer | null, items: readonly Item[]): Promise<PostCreated> {
  if (server !== null) {
    try {
      return await call("put", "/posts/{id}/draft", {
        path: { id: server.postId },
        body: aheadOn(items, await recropped(server, items)),
      });
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  const files = stateOf(null, items);
  if (attempt.files !== files) attempt = { files, key: crypto.randomUUID() };
  const made = await call("post", "/posts", {
    header: { "Idempotency-Key": attempt.key },
    body: aheadOf(items),
  });
  attempt = { files: "", key: "" };
  return made;
}

/** Whether of each file either all is known, or why it cannot be posted. */
function isKnown({ items }: Draft): boolean {
  return items.every(({ sha256, problem }) => sha256 !== null || problem !== null);
}

/** What can be posted, and does not go on with a post that was begun before. */
function sendable({ items }: Draft): readonly Item[] {
  return items.filter(
    ({ sha256, problem, unfinished }) => sha256 !== null && problem === null && unfinished === null,
  );
}

/** In whatever order: that is told when it is posted. */
function stateOf(server: OnServer | null, items: readonly Item[]): string {
  const parts = items.map(({ id, crop }) =>
    JSON.stringify([id, server?.media[id]?.id, server?.media[id]?.crop, crop]),
  );
  return [server?.postId ?? "", ...parts.sort()].join();
}

type Medium = PostBody["media"][number];

/** Why the service cannot take a file, as it has found out meanwhile. */
function refusalOf(medium: Medium): string | null {
  return medium.failure === null || isLost(medium) ? null : explained("failure", medium.failure);
}

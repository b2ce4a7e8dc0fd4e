/**
 * Drafts of the API that were given up. They are deleted there at once, and Undo restores them. Until one is
 * deleted a note is kept, so that another page does it if this one is closed before.
 */
import { call, type PostBody } from "../api.ts";
import { Failure, passes, SessionOver } from "../errors.ts";
import { recall, rememberOwn } from "../posts.ts";
import { read, takeLock, write } from "./kept.ts";
import { EMPTY, keptOf } from "./kept-draft.ts";
import { stopAhead } from "./queue.ts";

/** Held by the page that has given a draft up, as long as it may still bring it back. */
const LOCK = "shutterfeed.given-up.";

/** The drafts that are being restored: nothing is told of them before. */
const returning = new Map<string, Promise<boolean>>();

/** Deletes a draft. What is returned restores it, and is false if that failed. */
export function giveUp(postId: string): () => Promise<boolean> {
  stopAhead(postId);
  const deleted = noted(postId);
  return () => {
    const back = deleted.then(async (letGo) => {
      await forget(postId);
      letGo();
      return restored(postId);
    });
    returning.set(postId, back);
    return back.finally(() => returning.delete(postId));
  };
}

/** Returns once a draft that is being restored is there again, or cannot be. */
export async function whenBack(postId: string): Promise<void> {
  await returning.get(postId);
}

/** Deletes a draft of which a page has left a note, unless that page is open. */
export async function finish(postId: string): Promise<void> {
  const letGo = await takeLock(LOCK + postId);
  if (letGo === null) return;
  if ((await read("draft", postId)) !== undefined) await carryOut(postId);
  letGo();
}

/** Keeps the note, and deletes the draft. Returns what lets go of it. */
async function noted(postId: string): Promise<() => void> {
  const letGo = (await takeLock(LOCK + postId)) ?? (() => undefined);
  const note = { ...keptOf(EMPTY), server: { postId, media: {}, until: null, words: "" } };
  await write((shelf) => void shelf("draft").put(note, postId));
  await carryOut(postId);
  return letGo;
}

/** If the API cannot be asked, the note stays. */
async function carryOut(postId: string): Promise<void> {
  try {
    await call("delete", "/posts/{id}", { path: { id: postId } });
    const known = recall(postId);
    if (known !== undefined) rememberOwn({ ...known, state: "deleted" });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (passes(error) || error instanceof SessionOver) return;
  }
  await forget(postId);
}

/** False if it is not there any more, or the API cannot be asked. */
async function restored(postId: string): Promise<boolean> {
  try {
    const post: PostBody = await call("post", "/posts/{id}/restore", {
      path: { id: postId },
      repeats: true,
    });
    rememberOwn(post);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

async function forget(postId: string): Promise<void> {
  await write((shelf) => void shelf("draft").delete(postId));
}

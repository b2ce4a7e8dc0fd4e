/** Comments as last heard of: an edit, a like or a removal shows wherever the comment does. */
import type { Author, Comment } from "../api.ts";
import { person } from "../auth.ts";
import { askedNow, noteWrite } from "../freshness.ts";
import { Store, useStore } from "../store.ts";

/** A comment that is there: of a deleted one, only its place and its replies are left. */
export type Present = Comment & { author: Author };

export function isPresent(comment: Comment): comment is Present {
  return !comment.deleted && comment.author !== null;
}

const known = new Map<string, Store<Comment>>();

person.watch(() => known.clear());

/** Notes what one has written or changed oneself. */
export function rememberComment(comment: Comment): Comment {
  noteWrite(`comment ${comment.id}`);
  storeOf(comment).set(comment);
  return comment;
}

/**
 * Remembers the comments in what `ask` answers, unless somebody else has signed in meanwhile; what one
 * has changed since it was asked for is newer. Raises the same errors as `ask`.
 */
export async function readComments<T extends { readonly items: readonly Comment[] }>(
  ask: () => Promise<T>,
): Promise<T> {
  const [knows, asking] = [askedNow(), person.value];
  const page = await ask();
  if (person.value !== asking) return page;
  for (const comment of page.items)
    if (knows(`comment ${comment.id}`)) storeOf(comment).set(comment);
  return page;
}

/** The comment as it is now; as `given` if nothing else was heard of it. */
export function recallComment(given: Comment): Comment {
  return knownComment(given.id) ?? given;
}

/** The comment as it is now, if anything was heard of it. */
export function knownComment(id: string): Comment | undefined {
  return known.get(id)?.value;
}

export function useComment(given: Comment): Comment {
  return useStore(storeOf(given));
}

function storeOf(comment: Comment): Store<Comment> {
  let store = known.get(comment.id);
  if (store === undefined) {
    store = new Store(comment);
    known.set(comment.id, store);
  }
  return store;
}

/** A long list of posts in stretches: each is put on the page, and taken from it, as a whole. */
import { person } from "./auth.ts";

/** As few that a search in the page leads near to what it has found, and many enough that thousands are light. */
const LENGTH = 5;

export interface Stretch<T> {
  /** The id of the post that it began with. */
  readonly key: string;
  readonly posts: readonly T[];
}

/** Which stretch each post is in, by its id: a post stays in it whatever comes above or leaves the list. */
const keys = new Map<string, string>();
/** The height of each stretch that was taken from the page, in pixels, by its key. */
export const heights = new Map<string, number>();

person.watch(() => {
  keys.clear();
  heights.clear();
});

/** The posts in their order. Those that are new make a stretch of their own above, and go on with the last one below. */
export function stretchesOf<T extends { readonly id: string }>(posts: readonly T[]): Stretch<T>[] {
  const stretches: { key: string; posts: T[] }[] = [];
  for (const post of posts) {
    const last = stretches.at(-1);
    const isFull = last === undefined || last.posts.length >= LENGTH;
    const key = keys.get(post.id) ?? (isFull ? post.id : last.key);
    keys.set(post.id, key);
    if (key === last?.key) last.posts.push(post);
    else stretches.push({ key, posts: [post] });
  }
  return stretches;
}

/** Posts as last heard of: an edit, a deletion or progress shows wherever the post does. */
import { call, type PostBody, read } from "./api.ts";
import { signedIn } from "./auth.ts";
import type { List } from "./lists.ts";
import { Store, useStore } from "./store.ts";

const known = new Map<string, Store<PostBody>>();
/** How often one has answered each post oneself, on this page. */
const answered = new Map<string, number>();

signedIn.watch(() => known.clear());

export function remember(post: PostBody): PostBody {
  const store = known.get(post.id);
  if (store === undefined) known.set(post.id, new Store(post));
  else store.set(post);
  return post;
}

/** Notes what one's own like, save or comment has changed. What was asked before does not know it. */
export function rememberOwn(post: PostBody): void {
  answered.set(post.id, (answered.get(post.id) ?? 0) + 1);
  remember(post);
}

export function recall(id: string): PostBody | undefined {
  return known.get(id)?.value;
}

export function usePost(post: PostBody): PostBody {
  let store = known.get(post.id);
  if (store === undefined) {
    store = new Store(post);
    known.set(post.id, store);
  }
  return useStore(store);
}

/** Of whoever is not signed in, only what everybody may see is asked for. */
export async function fetchPost(id: string): Promise<PostBody> {
  const given = { path: { id } };
  const before = answered.get(id);
  const post = signedIn.value
    ? await call("get", "/posts/{id}", given)
    : await read("/public/posts/{id}", given);
  const now = recall(id);
  if (now === undefined || answered.get(id) === before) return remember(post);
  const { liked_by_me, saved_by_me, counts } = now;
  return remember({ ...post, liked_by_me, saved_by_me, counts });
}

/** The post that was restored last: lists take it in again. */
export const restored = new Store<PostBody | null>(null);

/** Puts a restored post into a list of published posts, newest first, where it was. */
export function takeBack(list: List<PostBody>, post: PostBody): void {
  list.insert(post, (one, other) => (one.published_at ?? "") > (other.published_at ?? ""));
}

/** Posts as last heard of: an edit, a deletion or progress shows wherever the post does. */
import { call, type PostBody, read } from "./api.ts";
import { person, signedIn } from "./auth.ts";
import { askedNow, type Knows, noteWrite } from "./freshness.ts";
import { lighten } from "./lighten.ts";
import { Store, useStore } from "./store.ts";

const known = new Map<string, Store<PostBody>>();

signedIn.watch(() => known.clear());

function remember(post: PostBody): PostBody {
  const store = known.get(post.id);
  if (store === undefined) known.set(post.id, new Store(post));
  else store.set(post);
  return post;
}

/** Notes what one's own edit, deletion or restoration has made of a post. */
export function rememberOwn(post: PostBody): PostBody {
  noteWrite(`post ${post.id}`);
  return remember(post);
}

/** Notes what one's own like, save or comment has changed of a post. */
export function rememberAnswered(post: PostBody): void {
  noteWrite(`answers ${post.id}`);
  remember(post);
}

function rememberRead(post: PostBody, knows: Knows): PostBody {
  const now = recall(post.id);
  if (now === undefined) return remember(post);
  if (!knows(`post ${post.id}`)) return now;
  if (knows(`answers ${post.id}`)) return remember(post);
  const { liked_by_me, saved_by_me, counts } = now;
  return remember({ ...post, liked_by_me, saved_by_me, counts });
}

/**
 * Remembers the posts in what `ask` answers; `postsOf` finds them there. Every list of posts is read by
 * it. Raises the same errors as `ask`.
 */
export async function readPosts<T>(
  ask: () => Promise<T>,
  postsOf: (answer: T) => readonly PostBody[],
): Promise<T> {
  const [knows, asking] = [askedNow(), person.value];
  const answer = await ask();
  // What was asked before somebody else signed in is not for them.
  if (person.value === asking) for (const post of postsOf(answer)) rememberRead(post, knows);
  return answer;
}

/** The same for a page of posts. There may be many pages: what they have in common is kept once. */
export function readPage<T extends { readonly items: readonly PostBody[] }>(
  ask: () => Promise<T>,
): Promise<T> {
  const asking = async () => {
    const page = await ask();
    page.items.forEach(lighten);
    return page;
  };
  return readPosts(asking, ({ items }) => items);
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
  const post = await readPosts(
    () => (signedIn.value ? call("get", "/posts/{id}", given) : read("/public/posts/{id}", given)),
    (found) => [found],
  );
  return recall(id) ?? post;
}

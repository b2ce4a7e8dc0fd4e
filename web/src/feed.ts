/** The home feed: one list for as long as somebody is signed in, and what is new above it. */
import { call, type NewPostsBody, type PostBody } from "./api.ts";
import { interrupted, ownerId, signedIn } from "./auth.ts";
import { Failure, NetworkError } from "./errors.ts";
import { recallFeed } from "./kept-feed.ts";
import { List, type Page } from "./lists.ts";
import { published } from "./pending.ts";
import { readPage, recall, restored, takeBack } from "./posts.ts";
import { Store } from "./store.ts";

/** Few posts on the first page, so that pictures show sooner. */
const FIRST_LIMIT = 5;
const LIMIT = 20;

export const news = new Store<NewPostsBody | null>(null);

/** When the posts on the screen were read, if that was on an earlier visit. In milliseconds since 1970. */
export const keptSince = new Store<number | null>(null);

let latest: string | null = null;
/** How many of one's own posts had come out when the first page was asked for. */
let counted = 0;
let list = newList();

signedIn.watch(() => {
  list = newList();
  latest = null;
  news.set(null);
  keptSince.set(null);
});

restored.watch(() => {
  if (restored.value !== null) takeBack(list, restored.value);
});

export function feed(): List<PostBody> {
  return list;
}

/** Whether a post of one's own has come out since the list was read, on this page or another. */
export function lacksOwn(): boolean {
  const { items, status } = list.state.value;
  const isUnread = items.length === 0 && status === "more";
  return !isUnread && published.value !== counted;
}

/** Puts what is new on top of the list. Raises the same errors as `call`. */
export async function showNews(): Promise<void> {
  if (keptSince.value !== null) return leaveKept();
  await list.renew(firstPage);
}

/** What is there now takes the place of what an earlier visit has seen. Raises the same errors as `call`. */
export async function leaveKept(): Promise<void> {
  const page = await firstPage();
  keptSince.set(null);
  list.restart(page);
}

/** Asks how many posts are new; a failure waits for the next time. */
export async function askForNews(): Promise<void> {
  if (interrupted.value) return;
  const asked = latest;
  if (asked === null) return list.state.value.status === "end" ? showNews() : undefined;
  try {
    const { new: found } = await call("get", "/feed", { query: { since: asked } });
    if (asked === latest) news.set(found !== null && found.count > 0 ? found : null);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

/**
 * Leaves out posts that are gone, for example because their author has blocked one or is private now;
 * a failure waits for the next time. One's own that were deleted here can still be restored.
 */
export async function dropGone(): Promise<void> {
  if (interrupted.value || list.state.value.items.length === 0) return;
  const isDeleted = (post: PostBody) => recall(post.id)?.state === "deleted";
  try {
    await list.prune(() => call("get", "/feed", { query: { limit: LIMIT } }), isDeleted);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

function newList(): List<PostBody> {
  return new List(
    (cursor) => (cursor === undefined ? beginning() : page({ cursor, limit: LIMIT })),
    (post) => post.id,
  );
}

/** Where there is no network, what an earlier visit has seen stands in. */
async function beginning(): Promise<Page<PostBody>> {
  try {
    return await firstPage();
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    const kept = await recallFeed(ownerId());
    if (kept === null) throw error;
    keptSince.set(kept.at);
    return { items: kept.items, next_cursor: null };
  }
}

async function firstPage(): Promise<Page<PostBody>> {
  return page({ limit: FIRST_LIMIT });
}

async function page(query: { cursor?: string; limit: number }): Promise<Page<PostBody>> {
  const own = published.value;
  const answer = await readPage(() => call("get", "/feed", { query }));
  if (query.cursor === undefined) {
    latest = answer.latest;
    counted = own;
    news.set(null);
  }
  return answer;
}

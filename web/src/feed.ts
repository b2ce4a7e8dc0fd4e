/** The home feed: one list for as long as somebody is signed in. `feed-news.ts` has what comes above it. */
import { call, type NewPostsBody, type PostBody } from "./api.ts";
import { ownerId, signedIn } from "./auth.ts";
import { NetworkError } from "./errors.ts";
import { recallFeed } from "./kept-feed.ts";
import { List, type Page } from "./lists.ts";
import { published } from "./pending.ts";
import { readPage } from "./posts.ts";
import { Store } from "./store.ts";

/** Few posts on the first page, so that pictures show sooner. */
const FIRST_LIMIT = 5;
export const LIMIT = 20;

/** What has come since the first page was read, as far as one was told. */
export const news = new Store<NewPostsBody | null>(null);

/** When the posts on the screen were read, if that was on an earlier visit. In milliseconds since 1970. */
export const keptSince = new Store<number | null>(null);

/** What is known of the moment in which the first page was asked for. */
interface Beginning {
  /** What the API asks for to tell what has come since; null before the first answer. */
  readonly latest: string | null;
  /** How many of one's own posts had come out. */
  readonly own: number;
}

const NEVER: Beginning = { latest: null, own: 0 };
let began = NEVER;
let list = newList();

signedIn.watch(() => {
  list = newList();
  began = NEVER;
  news.set(null);
  keptSince.set(null);
});

export function feed(): List<PostBody> {
  return list;
}

export function beginning(): Beginning {
  return began;
}

function newList(): List<PostBody> {
  return new List(
    (cursor) => (cursor === undefined ? firstOrKept() : page({ cursor, limit: LIMIT })),
    (post) => post.id,
  );
}

/** Where there is no network, what an earlier visit has seen stands in. */
async function firstOrKept(): Promise<Page<PostBody>> {
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

export async function firstPage(): Promise<Page<PostBody>> {
  return page({ limit: FIRST_LIMIT });
}

async function page(query: { cursor?: string; limit: number }): Promise<Page<PostBody>> {
  const own = published.value;
  const answer = await readPage(() => call("get", "/feed", { query }));
  if (query.cursor === undefined) {
    began = { latest: answer.latest, own };
    news.set(null);
  }
  return answer;
}

/** What the feed showed last, kept in a cache with its pictures: there where no network is. */
import type { PostBody } from "./api.ts";

export interface KeptFeed {
  /** Whose feed it is. */
  readonly owner: string;
  /** When it was read, in milliseconds since 1970. */
  readonly at: number;
  readonly items: readonly PostBody[];
}

/** The name of the cache. */
export const KEPT_FEED = "shutterfeed.feed";
/** In it, beside the pictures. */
export const POSTS = "/kept-feed.json";

/** Null if nothing is kept, or of somebody else; `owner` is null while it is not known who asks. */
export async function recallFeed(owner: string | null): Promise<KeptFeed | null> {
  const response = await globalThis.caches?.match(POSTS, { cacheName: KEPT_FEED });
  if (response === undefined) return null;
  const kept = (await response.json()) as KeptFeed;
  return owner === null || owner === kept.owner ? kept : null;
}

/** Before anybody else may use this browser. There are no caches where the site has no certificate. */
export function forgetKeptFeed(): void {
  void globalThis.caches?.delete(KEPT_FEED);
}

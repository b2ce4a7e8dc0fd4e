/** Keeps what the feed shows, with its pictures, for when there is no network. */
import type { PostBody } from "../api.ts";
import { ownerId } from "../auth.ts";
import { savesData } from "../data-saver.ts";
import { feed, keptSince } from "../feed.ts";
import { KEPT_FEED, type KeptFeed, POSTS } from "../kept-feed.ts";
import { FEED_SIZES, sourcesOf, srcset } from "../sources.ts";

const MOST = 20;
/** Where people pay for what is loaded. */
const MOST_SPARING = 5;
/** After the last change: pages come one after the other while somebody scrolls. */
const PAUSE_MS = 3_000;

/** Keeps it up to date for as long as the page is open. */
export function watchFeed(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let kept: readonly PostBody[] = [];
  const look = () => {
    const { items } = feed().state.value;
    if (items.length === 0 || items === kept || keptSince.value !== null) return;
    kept = items;
    keepPosts(items).catch(() => undefined); // without room, there is only less to see later
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS);
  };
  feed().state.watch(wait);
  wait();
}

async function keepPosts(posts: readonly PostBody[]): Promise<void> {
  const owner = ownerId();
  if (owner === null) return;
  const items = posts.slice(0, savesData() ? MOST_SPARING : MOST);
  const cache = await caches.open(KEPT_FEED);
  await cache.put(POSTS, Response.json({ owner, at: Date.now(), items } satisfies KeptFeed));
  const pictures = new Set((await Promise.all(items.map(picturesOf))).flat());
  for (const { url } of await cache.keys()) {
    if (!pictures.delete(url) && !url.endsWith(POSTS)) await cache.delete(url);
  }
  // One that does not come is missing, and no other.
  await Promise.allSettled([...pictures].map((url) => cache.add(url)));
}

/** Of a sensitive post, nothing is fetched before one chooses to look. */
async function picturesOf({ author, media, sensitive }: PostBody): Promise<string[]> {
  const avatar = author.avatar ? [new URL(author.avatar.url, location.href).href] : [];
  const first = sensitive ? undefined : media[0];
  if (first === undefined) return avatar;
  const image = new Image();
  image.sizes = FEED_SIZES;
  image.srcset = srcset(sourcesOf(first).webp);
  // The one that this browser takes for this screen, as the feed's card will: known once it is there.
  await image.decode().catch(() => undefined);
  return [...avatar, image.currentSrc].filter((url) => url.startsWith(`${location.origin}/`));
}

/** One's own posts that are not published yet: followed until they are, or have failed. */
import type { PostBody } from "./api.ts";
import { person, signedIn } from "./auth.ts";
import { isNotFound } from "./errors.ts";
import { t } from "./language.ts";
import { AWAITED, awaitedIds, dropPreviews, pending, published, settled } from "./pending.ts";
import { fetchPost } from "./posts.ts";
import { navigate } from "./router.ts";
import { tabsKnown } from "./senders.ts";
import { keep } from "./storage.ts";
import { fullDate } from "./text.ts";
import { toast } from "./toasts.ts";

const FIRST_MS = 1_000;
const LAST_MS = 15_000;
/** Until the feed has been asked for it, so that it is not gone for a moment. */
const LINGER_MS = 1_500;
/** The API's ledger keeps the rest; this is only what is shown on top of lists. */
const MAX_KEPT = 20;

const timers = new Map<string, ReturnType<typeof setTimeout>>();
/** The posts after which the API is being asked. */
const asking = new Set<string>();

person.watch(() => {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
});

/** Files that one has taken out of a failed post: an answer that still has one is an old one. */
export const mended = new Set<string>();

// Another tab has begun to wait for a post, or has seen its end: this one looks, too.
window.addEventListener("storage", (event) => {
  if (event.key !== AWAITED) return;
  const stored = awaitedIds();
  const known = pending.value.map(({ id }) => id);
  const begun = stored.filter((id) => !known.includes(id));
  const ended = known.filter((id) => !stored.includes(id));
  for (const id of [...begun, ...ended]) schedule(id, FIRST_MS);
});

/** Goes on with what this browser waits for, since before the page was loaded or in another tab. */
export async function resumePending(): Promise<void> {
  await tabsKnown;
  for (const id of awaitedIds()) if (!timers.has(id)) void look(id, FIRST_MS);
}

/** Follows a post until it is published. A draft is not on its way yet. */
export function follow(post: PostBody): void {
  if (post.draft_until) return;
  show(post);
  store([post.id, ...awaitedIds().filter((id) => id !== post.id)]);
  schedule(post.id, FIRST_MS);
}

/** Looks at once, because something is known to have changed. */
export function hurry(id: string): void {
  if (timers.has(id)) schedule(id, FIRST_MS);
}

export function forget(id: string): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
  const post = pending.value.find((other) => other.id === id);
  pending.update((posts) => posts.filter((other) => other !== post));
  dropPreviews(post?.media.map((medium) => medium.id) ?? []);
  store(awaitedIds().filter((other) => other !== id));
  settled.set(id);
}

function schedule(id: string, delay: number): void {
  clearTimeout(timers.get(id));
  timers.set(
    id,
    setTimeout(() => void look(id, delay), delay),
  );
}

/** Two that ask at once would both tell of it. */
async function look(id: string, delay: number): Promise<void> {
  if (asking.has(id)) return;
  asking.add(id);
  await lookOnce(id, delay).finally(() => asking.delete(id));
}

async function lookOnce(id: string, delay: number): Promise<void> {
  if (pending.value.some((post) => post.id === id && post.state === "published")) {
    return forget(id);
  }
  const next = Math.min(delay * 1.5, LAST_MS);
  if (document.hidden) return schedule(id, next);
  try {
    const post = await fetchPost(id);
    if (!signedIn.value) return;
    if (post.state === "published") {
      show(post);
      schedule(id, LINGER_MS);
      published.update((count) => count + 1);
      tell(t("Your post is published."), id);
    } else if (post.state === "scheduled") {
      forget(id);
      tell(t("Your post is scheduled for {time}.", { time: fullDate(post.publish_at!) }), id);
    } else if (post.media.some((medium) => mended.has(medium.id))) {
      schedule(id, next);
    } else if (post.state === "failed") {
      clearTimeout(timers.get(id));
      timers.delete(id);
      show(post);
    } else if (post.state === "deleted") {
      forget(id);
    } else {
      const moved = JSON.stringify(post) !== JSON.stringify(pending.value.find((p) => p.id === id));
      show(post);
      schedule(id, moved ? FIRST_MS : next);
    }
  } catch (error) {
    if (isNotFound(error)) forget(id);
    else if (signedIn.value) schedule(id, next);
  }
}

function tell(text: string, id: string): void {
  toast(text, { action: t("View"), onAction: () => navigate(`/p/${id}`) });
}

function show(post: PostBody): void {
  pending.update((posts) => {
    const others = posts.filter((other) => other.id !== post.id);
    return [post, ...others].sort((a, b) => b.created_at.localeCompare(a.created_at));
  });
}

/** Newest first, and those of other tabs among them. */
function store(ids: readonly string[]): void {
  keep(AWAITED, JSON.stringify(ids.slice(0, MAX_KEPT)));
}

/** One's own posts that are not published yet: followed until they are, or have failed. */
import type { PostBody } from "./api.ts";
import { person, signedIn } from "./auth.ts";
import { isNotFound } from "./errors.ts";
import { t } from "./language.ts";
import { fetchPost } from "./posts.ts";
import { navigate } from "./router.ts";
import { keep } from "./storage.ts";
import { Store } from "./store.ts";
import { tabsKnown } from "./tabs.ts";
import { fullDate } from "./text.ts";
import { toast } from "./toasts.ts";

const KEY = "shutterfeed.pending";
const KEPT = "shutterfeed.kept";
const FIRST_MS = 1_000;
const LAST_MS = 15_000;
/** Until the feed has been asked for it, so that it is not gone for a moment. */
const LINGER_MS = 1_500;
/** The API's ledger keeps the rest; this is only what is shown on top of lists. */
const MAX_KEPT = 20;

/** Newest first; failed ones stay until dismissed. */
export const pending = new Store<readonly PostBody[]>([]);
/** A post that one has posted, and that the API does not know yet. */
export interface Outgoing {
  /** Its idempotency key. */
  readonly key: string;
  readonly caption: string;
  /** An object URL of its first picture; null if the browser cannot show it. */
  readonly preview: string | null;
  /** Why the API did not take it; null as long as it may. */
  readonly problem: string | null;
  /** Why the API has to be asked again, which happens by itself; null if it is being asked. */
  readonly waitsFor: string | null;
}

/** Newest first. */
export const outgoing = new Store<readonly Outgoing[]>([]);

/** How far the files of a post are that this tab sends. */
export interface Transferred {
  /** From 0 to 1. */
  readonly share: number;
  /** Why some file is not sent, although nothing more is under way; null if that is not so. */
  readonly problem: string | null;
}

/** By the post's id. */
export const transfers = new Store<ReadonlyMap<string, Transferred>>(new Map());

/** The post of which nothing more is awaited, since it is published or deleted. */
export const settled = new Store<string | null>(null);

/** Counts posts that were published since the page was loaded: lists then read again. */
export const published = new Store(0);

/** Object URLs of what was picked in this browser, by medium: shown until renditions are there. */
export const previews = new Map<string, string>();

const timers = new Map<string, ReturnType<typeof setTimeout>>();

/** Files that one has taken out of a failed post: an answer that still has one is an old one. */
export const mended = new Set<string>();

person.watch(() => {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  localStorage.removeItem(KEY);
  pending.set([]);
  outgoing.set([]);
});

// Another tab has begun to wait for a post, or has seen its end: this one looks, too.
window.addEventListener("storage", (event) => {
  if (event.key !== KEY) return;
  const stored = storedIds();
  const known = pending.value.map(({ id }) => id);
  const begun = stored.filter((id) => !known.includes(id));
  const ended = known.filter((id) => !stored.includes(id));
  for (const id of [...begun, ...ended]) schedule(id, FIRST_MS);
});

/** Notes whether files are kept that are to be sent: their code is fetched after a reload, too. */
export function noteKept(isAny: boolean): void {
  if (isAny) keep(KEPT, "1");
  else localStorage.removeItem(KEPT);
}

export function isAnyKept(): boolean {
  return localStorage.getItem(KEPT) !== null;
}

/** Goes on with what this browser was waiting for before the page was loaded. */
export async function resumePending(): Promise<void> {
  await tabsKnown;
  for (const id of storedIds()) void look(id, FIRST_MS);
}

/** Follows a post until it is published. A draft is not on its way yet. */
export function follow(post: PostBody): void {
  if (post.draft_until) return;
  show(post);
  store([post.id, ...storedIds().filter((id) => id !== post.id)]);
  schedule(post.id, FIRST_MS);
}

/** Looks at once, because something is known to have changed. */
export function hurry(id: string): void {
  if (timers.has(id)) schedule(id, FIRST_MS);
}

export function forget(id: string): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
  pending.update((posts) => posts.filter((post) => post.id !== id));
  store(storedIds().filter((other) => other !== id));
  settled.set(id);
}

function schedule(id: string, delay: number): void {
  clearTimeout(timers.get(id));
  timers.set(
    id,
    setTimeout(() => void look(id, delay), delay),
  );
}

async function look(id: string, delay: number): Promise<void> {
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
  keep(KEY, JSON.stringify(ids.slice(0, MAX_KEPT)));
}

function storedIds(): string[] {
  return JSON.parse(localStorage.getItem(KEY) ?? "[]") as string[];
}

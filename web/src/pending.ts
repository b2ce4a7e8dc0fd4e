/** One's own posts that are not published yet: followed until they are, or have failed. */
import { call, type PostBody } from "./api.ts";
import { person, signedIn } from "./auth.ts";
import { isNotFound } from "./errors.ts";
import { remember } from "./posts.ts";
import { navigate } from "./router.ts";
import { Store } from "./store.ts";
import { toast } from "./toasts.ts";

const KEY = "shutterfeed.pending";
const FIRST_MS = 1_000;
const LAST_MS = 15_000;
/** The API's ledger keeps the rest; this is only what is shown on top of lists. */
const MAX_KEPT = 20;

/** Newest first; failed ones stay until dismissed. */
export const pending = new Store<readonly PostBody[]>([]);
/** Counts posts that were published since the page was loaded: lists then read again. */
export const published = new Store(0);

/** Object URLs of what was picked in this browser, by medium: shown until renditions are there. */
export const previews = new Map<string, string>();

/** The posts whose files this page sends: with the first one, the upload tray's code is fetched. */
export const sending = new Store<ReadonlySet<string>>(new Set());

const timers = new Map<string, ReturnType<typeof setTimeout>>();

person.watch(() => {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  localStorage.removeItem(KEY);
  pending.set([]);
});

/** Goes on with what this browser was waiting for before the page was loaded. */
export function resumePending(): void {
  for (const id of storedIds()) void look(id, FIRST_MS);
}

export function follow(post: PostBody): void {
  show(post);
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
  store();
}

function schedule(id: string, delay: number): void {
  clearTimeout(timers.get(id));
  timers.set(id, setTimeout(() => void look(id, delay), delay));
}

async function look(id: string, delay: number): Promise<void> {
  const next = Math.min(delay * 1.5, LAST_MS);
  if (document.hidden) return schedule(id, next);
  try {
    const post = remember(await call("get", "/posts/{id}", { path: { id } }));
    if (!signedIn.value) return;
    if (post.state === "published") {
      forget(id);
      published.update((count) => count + 1);
      toast("Your post is published.", { action: "View", onAction: () => navigate(`/p/${id}`) });
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

function show(post: PostBody): void {
  pending.update((posts) => {
    const others = posts.filter((other) => other.id !== post.id);
    return [post, ...others].sort((a, b) => b.created_at.localeCompare(a.created_at));
  });
  store();
}

function store(): void {
  const ids = pending.value.slice(0, MAX_KEPT).map((post) => post.id);
  localStorage.setItem(KEY, JSON.stringify(ids));
}

function storedIds(): string[] {
  return JSON.parse(localStorage.getItem(KEY) ?? "[]") as string[];
}

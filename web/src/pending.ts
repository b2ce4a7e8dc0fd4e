/** One's own posts that are not published yet, as far as pages show them. `following.ts` asks after them. */
import type { PostBody } from "./api.ts";
import { person } from "./auth.ts";
import { keep } from "./storage.ts";
import { Store } from "./store.ts";

/** Where the ids of the posts are kept that are awaited, for other tabs and after a reload. */
export const AWAITED = "shutterfeed.pending";
const KEPT = "shutterfeed.kept";

/** Newest first; failed ones stay until dismissed. */
export const pending = new Store<readonly PostBody[]>([]);
/** A post that one has posted, and that the API does not know yet. */
export interface Outgoing {
  /** Its idempotency key. */
  readonly key: string;
  readonly caption: string;
  /** Object URLs of its pictures, in their order. There may be some that the browser cannot show. */
  readonly previews: readonly string[];
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
const previews = new Map<string, string>();

/** What was picked in this browser, until renditions are there: its object URL. */
export function previewOf(mediaId: string): string | undefined {
  return previews.get(mediaId);
}

export function keepPreview(mediaId: string, picture: Blob): void {
  dropPreviews([mediaId]);
  previews.set(mediaId, URL.createObjectURL(picture));
}

/** Nothing shows them any more, or something else does: the browser lets go of their files. */
export function dropPreviews(mediaIds: Iterable<string>): void {
  for (const id of mediaIds) {
    const url = previews.get(id);
    if (url === undefined) continue;
    URL.revokeObjectURL(url);
    previews.delete(id);
  }
}

person.watch(() => {
  dropPreviews([...previews.keys()]);
  localStorage.removeItem(AWAITED);
  pending.set([]);
  outgoing.set([]);
});

/** Notes whether files are kept that are to be sent: their code is fetched after a reload, too. */
export function noteKept(isAny: boolean): void {
  if (isAny) keep(KEPT, "1");
  else localStorage.removeItem(KEPT);
}

export function isAnyKept(): boolean {
  return localStorage.getItem(KEPT) !== null;
}

/** The ids of the posts that are awaited in this browser, newest first. */
export function awaitedIds(): string[] {
  return JSON.parse(localStorage.getItem(AWAITED) ?? "[]") as string[];
}

/** Calls `listener` when another tab sends or awaits something, or does so no more. Call the result to end that. */
export function watchOtherTabs(listener: () => void): () => void {
  const onStorage = ({ key }: StorageEvent) => {
    if (key === AWAITED || key === KEPT) listener();
  };
  window.addEventListener("storage", onStorage);
  return () => window.removeEventListener("storage", onStorage);
}

/** What one has searched for last, on this device: for each user apart, and nowhere else. */
import { person } from "./auth.ts";
import { me } from "./me.ts";
import { keep } from "./storage.ts";
import { Store } from "./store.ts";

const MOST = 8;

/** The last one first. */
export const recentSearches = new Store<readonly string[]>(stored());

/** Noted while it is not known yet whose page this is; the last one first. */
let early: readonly string[] = [];

me.watch(() => {
  const noted = me.value === null ? [] : early;
  early = [];
  recentSearches.set(stored());
  for (const text of noted.toReversed()) noteSearch(text);
});
person.watch(() => {
  early = [];
});

export function noteSearch(text: string): void {
  const same = (other: string) => other.toLowerCase() === text.toLowerCase();
  const before = me.value === null ? early : stored();
  const searches = [text, ...before.filter((other) => !same(other))].slice(0, MOST);
  recentSearches.set(searches);
  if (me.value === null) early = searches;
  else keep(key(me.value.id), JSON.stringify(searches));
}

export function forgetSearches(): void {
  early = [];
  if (me.value !== null) localStorage.removeItem(key(me.value.id));
  recentSearches.set([]);
}

function stored(): string[] {
  if (me.value === null) return [];
  return JSON.parse(localStorage.getItem(key(me.value.id)) ?? "[]") as string[];
}

function key(userId: string): string {
  return `shutterfeed.searches.${userId}`;
}

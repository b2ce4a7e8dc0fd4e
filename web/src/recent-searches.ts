/** What one has searched for last, on this device: for each user apart, and nowhere else. */
import { me } from "./me.ts";
import { keep } from "./storage.ts";
import { Store } from "./store.ts";

const MOST = 8;

/** The last one first. */
export const recentSearches = new Store<readonly string[]>(stored());

me.watch(() => recentSearches.set(stored()));

export function noteSearch(text: string): void {
  const same = (other: string) => other.toLowerCase() === text.toLowerCase();
  const searches = [text, ...stored().filter((other) => !same(other))].slice(0, MOST);
  recentSearches.set(searches);
  if (me.value !== null) keep(key(me.value.id), JSON.stringify(searches));
}

export function forgetSearches(): void {
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

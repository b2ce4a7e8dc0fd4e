/** What a view had loaded, kept for when the browser's back button returns to it. */
import { signedIn } from "./auth.ts";
import { location } from "./router.ts";

const MAX_KEPT = 30;
/** By visit and name; what was used last is last. */
const kept = new Map<string, unknown>();

/** The same object for the same visit of an address: made on the first call. */
export function ofThisVisit<T>(name: string, make: () => T): T {
  const visit = `${location.value.key} ${location.value.path} `;
  const key = visit + name;
  const found = kept.has(key) ? (kept.get(key) as T) : make();
  kept.delete(key);
  kept.set(key, found);
  forgetOldest(visit);
  return found;
}

/** What is shown now stays, however much that is. */
function forgetOldest(visit: string): void {
  for (const key of kept.keys()) {
    if (kept.size <= MAX_KEPT) return;
    if (!key.startsWith(visit)) kept.delete(key);
  }
}

// Nothing of one user is shown to the next.
signedIn.watch(() => kept.clear());

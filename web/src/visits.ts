/** What a view had loaded, kept for when the browser's back button returns to it. */
import { signedIn } from "./auth.ts";
import { location } from "./router.ts";

const MAX_KEPT = 30;
const kept = new Map<string, unknown>();

/** The same object for the same visit of an address: made on the first call. */
export function ofThisVisit<T>(name: string, make: () => T): T {
  const key = `${location.value.key} ${location.value.path} ${name}`;
  if (kept.has(key)) return kept.get(key) as T;
  const made = make();
  kept.set(key, made);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  return made;
}

// Nothing of one user is shown to the next.
signedIn.watch(() => kept.clear());

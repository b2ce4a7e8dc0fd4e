/** How many notices one has not seen: the number in the navigation. */
import { person } from "./auth.ts";
import { Store } from "./store.ts";

/** What one writes by looking at the notices, for `noteWrite`. */
export const ACTIVITY = "activity";
export const unseen = new Store(0);

person.watch(() => unseen.set(0));

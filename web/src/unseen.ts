/** How many notices one has not seen: the number in the navigation. */
import { person } from "./auth.ts";
import { Store } from "./store.ts";

export const unseen = new Store(0);

person.watch(() => unseen.set(0));

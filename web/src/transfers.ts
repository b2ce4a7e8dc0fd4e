import { Store } from "./store.ts";

/** How many posts are in the upload tray: with the first one its code is fetched. */
export const transfers = new Store(0);

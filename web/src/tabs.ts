/** Which posts' files are sent by this browser, and by which of its tabs. `senders.ts` finds that out. */
import { Store } from "./store.ts";

/** The posts whose files this page sends: with the first one, the upload tray's code is fetched. */
export const sending = new Store<ReadonlySet<string>>(new Set());
/** The posts that other tabs send. */
export const elsewhere = new Store<ReadonlySet<string>>(new Set());

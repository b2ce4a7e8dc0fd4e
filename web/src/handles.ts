/** Asks whoever has no handle of their own for one, before they post or comment. */
import { me } from "./me.ts";
import { keep } from "./storage.ts";
import { Store } from "./store.ts";

const ASKED = "shutterfeed.asked-handle";

/** What goes on once the handle was asked for; null while nothing waits for that. */
export const waitingForHandle = new Store<(() => void) | null>(null);

/** Does it at once; whoever still has the handle that new users are given is asked for one of their own
 * first, once on each device, and may decline. */
export function withHandle(go: () => void): void {
  const own = me.value;
  if (own === null || own.handle_chosen || localStorage.getItem(ASKED) === own.id) go();
  else waitingForHandle.set(go);
}

/** A handle was chosen, or not: what waited for that goes on. */
export function goOnWithHandle(): void {
  const go = waitingForHandle.value;
  if (me.value !== null) keep(ASKED, me.value.id);
  waitingForHandle.set(null);
  go?.();
}

/** Choosing a handle: what is made of a name, and asking once more whoever has none of their own. */
import { MAX_HANDLE, MIN_HANDLE } from "../build/limits.ts";
import { me } from "./me.ts";
import { keep } from "./storage.ts";
import { Store } from "./store.ts";

const ASKED = "shutterfeed.asked-handle";

/** A handle for a name: "Zoë O'Hara" becomes "zoe.o.hara"; empty if too little of it can be in a handle. */
export function handleFrom(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase();
  const words = plain.replace(/[^a-z0-9]+/g, ".").slice(0, MAX_HANDLE);
  const handle = words.replace(/^\.|\.$/g, "");
  return handle.length < MIN_HANDLE ? "" : handle;
}

/** A handle as it is kept, of what was typed. */
export function bareHandle(typed: string): string {
  return typed.trim().replace(/^@/, "").toLowerCase();
}

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

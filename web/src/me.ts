/** The signed-in user's own profile, remembered so that the first screen need not ask for it. */
import type { Me } from "./api.ts";
import { person, signedIn } from "./auth.ts";
import { standing } from "./standing.ts";
import { keep } from "./storage.ts";
import { Store } from "./store.ts";

const KEY = "shutterfeed.me";

export const me = new Store<Me | null>(stored());

signedIn.watch(() => {
  if (!signedIn.value) setMe(null);
});
// Whoever signs in on top of somebody else's page must not find that person's profile after it.
person.watch(() => setMe(null));

/** Shows it, and remembers it for the next visit. */
export function setMe(user: Me | null): void {
  if (user === null) localStorage.removeItem(KEY);
  else keep(KEY, JSON.stringify(user));
  me.set(user);
  if (user?.closing) standing.set("closed");
  else if (user?.suspension) standing.set("suspended");
}

/** Whether somebody has neither chosen a handle nor left the welcome, on whichever device. */
export function isNew(own: Me | null): boolean {
  return own !== null && !own.handle_chosen && !own.welcomed;
}

function stored(): Me | null {
  const text = localStorage.getItem(KEY);
  // An earlier version of this app kept it without these.
  const kept = text === null ? null : (JSON.parse(text) as Partial<Me>);
  const unknown = {
    private: false,
    requests: 0,
    sensitive: "blur",
    public_page: true,
    comments_from: "everyone",
    mentions_from: "everyone",
    held_words: [],
    closing: null,
    handle_chosen: true,
    welcomed: true,
    suspension: null,
  } as const;
  return kept && ({ ...unknown, ...kept } as Me);
}

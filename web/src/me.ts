/** The signed-in user's own profile, remembered so that the first screen need not ask for it. */
import { call, type Me } from "./api.ts";
import { interrupted, person, signedIn } from "./auth.ts";
import { passes } from "./errors.ts";
import { askedNow, noteWrite } from "./freshness.ts";
import { delayAfter } from "./recovery.ts";
import { standing } from "./standing.ts";
import { keep } from "./storage.ts";
import { Store } from "./store.ts";

const KEY = "shutterfeed.me";
const REFRESH_MS = 60_000;

export const me = new Store<Me | null>(stored());

signedIn.watch(() => {
  if (!signedIn.value) setMe(null);
});
// Whoever signs in on top of somebody else's page must not find that person's profile after it.
person.watch(() => {
  loading = undefined;
  setMe(null);
});

let loading: Promise<Me> | undefined;

/** Asks the API; calls at the same time share one request. */
export function loadMe(): Promise<Me> {
  loading ??= ask();
  return loading;
}

function ask(): Promise<Me> {
  const [knows, asking] = [askedNow(), person.value];
  return call("get", "/me")
    .then((user) => {
      // What was asked before somebody else signed in is not about them.
      if (person.value === asking && knows("me")) setMe(user);
      return user;
    })
    .finally(() => {
      if (person.value === asking) loading = undefined;
    });
}

/**
 * Asks until an answer has come, ever more seldom. Until then the remembered profile serves, and the
 * views that need more ask by themselves.
 */
export async function loadMeAtLast(): Promise<void> {
  for (let attempts = 0; signedIn.value; attempts++) {
    try {
      await loadMe();
      return;
    } catch (error) {
      if (!passes(error)) return;
      await new Promise((resolve) => setTimeout(resolve, delayAfter(attempts)));
    }
  }
}

/**
 * Asks again while the page is open: when one comes back to it, and from time to time while people
 * may ask to follow one, or those who have asked are being let in. Call what is returned to end that.
 */
export function keepMeFresh(): () => void {
  const askAgain = () => {
    if (!document.hidden && navigator.onLine && !interrupted.value) loadMe().catch(() => undefined); // what is known stays, until the next time
  };
  const timer = setInterval(() => {
    if (me.value?.private || me.value?.requests) askAgain();
  }, REFRESH_MS);
  document.addEventListener("visibilitychange", askAgain);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", askAgain);
  };
}

/** Shows what one's own change of the profile or of a setting has made of it. */
export function rememberMe(saved: Me): void {
  noteWrite("me");
  setMe(saved);
}

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

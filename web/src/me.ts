/** The signed-in user's own profile, remembered so that the first screen need not ask for it. */
import { call, type Me } from "./api.ts";
import { interrupted, signedIn } from "./auth.ts";
import { Store } from "./store.ts";

const KEY = "shutterfeed.me";
const REFRESH_MS = 60_000;

export const me = new Store<Me | null>(stored());

signedIn.watch(() => {
  if (!signedIn.value) setMe(null);
});

let loading: Promise<Me> | undefined;

/** Asks the API; calls at the same time share one request. */
export function loadMe(): Promise<Me> {
  loading ??= call("get", "/me")
    .then((user) => {
      setMe(user);
      return user;
    })
    .finally(() => {
      loading = undefined;
    });
  return loading;
}

/**
 * Asks again while the page is open: when one comes back to it, and from time to time while people
 * may ask to follow one, or those who have asked are being let in. Call what is returned to end that.
 */
export function keepMeFresh(): () => void {
  const ask = () => {
    if (!document.hidden && navigator.onLine && !interrupted.value) loadMe().catch(() => undefined); // what is known stays, until the next time
  };
  const timer = setInterval(() => {
    if (me.value?.private || me.value?.requests) ask();
  }, REFRESH_MS);
  document.addEventListener("visibilitychange", ask);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", ask);
  };
}

export function setMe(user: Me | null): void {
  if (user === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, JSON.stringify(user));
  me.set(user);
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
  } as const;
  return kept && ({ ...unknown, ...kept } as Me);
}

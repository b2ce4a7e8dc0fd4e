/** Asking for the signed-in user's own profile, and keeping what is known of it as it is (`me.ts`). */
import { call, type Me } from "./api.ts";
import { interrupted, person, signedIn } from "./auth.ts";
import { passes } from "./errors.ts";
import { askedNow, noteWrite } from "./freshness.ts";
import { me, setMe } from "./me.ts";
import { delayAfter } from "./recovery.ts";

const REFRESH_MS = 60_000;

let loading: Promise<Me> | undefined;

person.watch(() => {
  loading = undefined;
});

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

/** Keeps what the navigation says as it is, without asking for it often: what waits for one, and who one is. */
import { useEffect } from "preact/hooks";
import { call } from "../api.ts";
import { interrupted, person } from "../auth.ts";
import { askedNow } from "../freshness.ts";
import { keepMeFresh, loadMeAtLast } from "../own-profile.ts";
import { ACTIVITY, unseen } from "../unseen.ts";

/** While the page is open and visible. */
const EVERY_MS = 60_000;
/** Whoever goes back and forth between two tabs asks no more often than this. */
const PAUSE_MS = 10_000;

/** Asks at once, when one comes back to the page, and from time to time. Shows nothing. */
export function Counting() {
  useEffect(() => void loadMeAtLast(), []);
  useEffect(keepMeFresh, []);
  useEffect(() => {
    let asked = 0;
    const ask = () => {
      if (document.hidden || !navigator.onLine || interrupted.value) return;
      if (Date.now() - asked < PAUSE_MS) return;
      asked = Date.now();
      const [knows, asking] = [askedNow(), person.value];
      call("get", "/me/activity/count").then(
        ({ count }) => {
          if (person.value === asking && knows(ACTIVITY)) unseen.set(count);
        },
        () => undefined, // the next time
      );
    };
    ask();
    const timer = setInterval(ask, EVERY_MS);
    document.addEventListener("visibilitychange", ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", ask);
    };
  }, []);
  return null;
}

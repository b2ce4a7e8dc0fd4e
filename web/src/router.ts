/** Addresses: which view is shown, and where on it one was. */
import { Store } from "./store.ts";

export interface Location {
  readonly path: string;
  readonly query: URLSearchParams;
  /** Distinguishes two visits of one address. */
  readonly key: number;
  /** Came by the browser's back or forward: what was shown there is shown again. */
  readonly returned: boolean;
}

interface Visit {
  readonly key: number;
  readonly scroll?: number;
}

let lastKey = 0;
let settled: ReturnType<typeof setTimeout> | undefined;

/** Call once, before the first rendering. */
export const location = new Store<Location>(read(visit()?.key ?? 0, visit() !== null));
history.scrollRestoration = "manual";
lastKey = location.value.key;
if (visit() === null) history.replaceState({ key: lastKey } satisfies Visit, "");

window.addEventListener("popstate", () => {
  clearTimeout(settled); // it belongs to the page that was left
  const arrived = visit();
  if (arrived === null) history.replaceState({ key: ++lastKey } satisfies Visit, "");
  location.set(read(visit()?.key ?? lastKey, true));
});
// Also before a reload, so that it comes back to where one was.
window.addEventListener("pagehide", rememberScroll);
window.addEventListener(
  "scroll",
  () => {
    clearTimeout(settled);
    settled = setTimeout(rememberScroll, 150);
  },
  { passive: true },
);

/** Goes to an address of this app. */
export function navigate(to: string, { replace = false } = {}): void {
  clearTimeout(settled);
  if (!replace) {
    rememberScroll();
    lastKey = Math.max(lastKey, location.value.key) + 1;
  }
  const state: Visit = { key: lastKey };
  if (replace) history.replaceState(state, "", to);
  else history.pushState(state, "", to);
  location.set(read(state.key, false));
}

/** Where on the page one was when leaving this visit, in pixels. */
export function rememberedScroll(): number {
  return visit()?.scroll ?? 0;
}

export function here(): string {
  return window.location.pathname + window.location.search;
}

/** Follows links within the app without loading the page anew; all others are the browser's. */
export function followLinks(event: MouseEvent): void {
  const link = (event.target as Element).closest?.("a");
  if (
    !link?.href ||
    event.defaultPrevented ||
    event.button !== 0 ||
    event.metaKey || event.ctrlKey || event.shiftKey || event.altKey ||
    link.target || link.hasAttribute("download") ||
    link.origin !== window.location.origin ||
    /^\/(api|media|assets)\//.test(link.pathname) ||
    (link.hash && link.pathname === window.location.pathname)
  ) {
    return;
  }
  event.preventDefault();
  const to = link.pathname + link.search;
  if (to === here()) {
    window.dispatchEvent(new Event("shutterfeed:again"));
    window.scrollTo({ top: 0 });
  } else {
    navigate(to);
  }
}

function read(key: number, returned: boolean): Location {
  const { pathname, search } = window.location;
  const path = pathname.length > 1 ? pathname.replace(/\/+$/, "") : pathname;
  return { path, query: new URLSearchParams(search), key, returned };
}

function visit(): Visit | null {
  return history.state as Visit | null;
}

function rememberScroll(): void {
  const state = visit();
  if (state !== null) history.replaceState({ ...state, scroll: window.scrollY } satisfies Visit, "");
}

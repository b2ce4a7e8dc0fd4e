/** Addresses: which view is shown, and where on it one was. */
import { closeAbove, type Entry, entry, isOnLayer } from "./layers.ts";
import { plainPath } from "./paths.ts";
import { Store } from "./store.ts";

export interface Location {
  readonly path: string;
  readonly query: URLSearchParams;
  /** Distinguishes two visits of one address. */
  readonly key: number;
  /** Came by the browser's back or forward: what was shown there is shown again. */
  readonly returned: boolean;
}

let lastKey = 0;
let settled: ReturnType<typeof setTimeout> | undefined;

/** Call once, before the first rendering. */
export const location = new Store<Location>(read(entry()?.key ?? 0, entry() !== null));
history.scrollRestoration = "manual";
lastKey = location.value.key;
// After a reload no layer is open. An address with empty parts could be taken for another site's.
history.replaceState(
  { ...entry(), key: lastKey, layers: 0 } satisfies Entry,
  "",
  plainPath(window.location.pathname) + window.location.search + window.location.hash,
);

window.addEventListener("popstate", () => {
  clearTimeout(settled); // it belongs to the page that was left
  if (closeAbove(entry(), location.value.key)) return;
  if (entry() === null) history.replaceState({ key: ++lastKey } satisfies Entry, "");
  location.set(read(entry()?.key ?? lastKey, true));
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

/** Goes to an address of this app. From a dialog, the page takes the dialog's place. */
export function navigate(to: string, { replace = false } = {}): void {
  clearTimeout(settled);
  if (!replace) {
    rememberScroll();
    lastKey = Math.max(lastKey, location.value.key) + 1;
  }
  const state: Entry = { key: lastKey };
  const address = plainPath(to);
  if (isOnLayer() || replace) history.replaceState(state, "", address);
  else history.pushState(state, "", address);
  location.set(read(state.key, false));
}

/** Where on the page one was when leaving this visit, in pixels. */
export function rememberedScroll(): number {
  return entry()?.scroll ?? 0;
}

export function here(): string {
  return plainPath(window.location.pathname) + window.location.search;
}

/** Whether a link is to be followed here: not in another tab or window, nor downloaded. */
export function isPlainClick(event: MouseEvent): boolean {
  const { button, metaKey, ctrlKey, shiftKey, altKey } = event;
  return button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey;
}

/** Follows links within the app without loading the page again; all others are the browser's. */
export function followLinks(event: MouseEvent): void {
  const link = (event.target as Element).closest?.("a");
  if (
    !link?.href ||
    event.defaultPrevented ||
    !isPlainClick(event) ||
    link.target ||
    link.hasAttribute("download") ||
    link.origin !== window.location.origin ||
    /^\/((api|media|assets)\/|docs$)/.test(link.pathname) ||
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
  const path = plainPath(pathname).replace(/(.)\/$/, "$1");
  return { path, query: new URLSearchParams(search), key, returned };
}

function rememberScroll(): void {
  const state = entry();
  if (state === null) return;
  const { key, layers } = state;
  history.replaceState({ key, ...(layers !== undefined && { layers }), ...positionHere() }, "");
}

/** What is remembered of where one is: how far down, and the post there, above which others may come. */
function positionHere(): { scroll: number; post?: string; top?: number } {
  const scroll = window.scrollY;
  const at = document.elementFromPoint(window.innerWidth / 2, window.innerHeight / 3);
  const place = at?.closest<HTMLElement>("[data-post]");
  if (!place) return { scroll };
  return { scroll, post: place.dataset.post!, top: place.getBoundingClientRect().top };
}

/** What becomes of a list whose beginning is read again, or to which something comes back. */
import { appended, type List, type ListState, NOTHING, type Page } from "./lists.ts";

/**
 * The list with its first page read again. Where the two meet, what was read of the old one stays;
 * where they do not, more came than a page holds, and the list begins again.
 */
export function refreshed<T>(
  state: ListState<T>,
  page: Page<T>,
  idOf: (item: T) => string,
): ListState<T> {
  const fresh = new Set(page.items.map(idOf));
  const met = state.items.findIndex((item) => fresh.has(idOf(item)));
  if (met < 0) return appended(NOTHING, page, idOf);
  // What the page does not have stays behind what it was behind: it may have been deleted, and that
  // can be undone.
  const items = [...page.items];
  let at = items.findIndex((item) => idOf(item) === idOf(state.items[met]!));
  for (const item of state.items) {
    if (fresh.has(idOf(item))) at = items.findIndex((other) => idOf(other) === idOf(item)) + 1;
    else items.splice(at++, 0, item);
  }
  return { ...state, items };
}

/** The list with an item where it belongs, if that is within what has been read. */
export function inserted<T>(
  state: ListState<T>,
  item: T,
  idOf: (item: T) => string,
  isBefore: (item: T, other: T) => boolean,
): ListState<T> {
  if (state.items.some((other) => idOf(other) === idOf(item))) return state;
  const at = state.items.findIndex((other) => isBefore(item, other));
  if (at < 0 && state.status !== "end") return state; // it comes with a later page
  const items = [...state.items];
  items.splice(at < 0 ? items.length : at, 0, item);
  return { ...state, items };
}

/**
 * The list without what its first pages, read again, do not have any more: it was deleted, or is hidden
 * from whoever looks. Nothing is added, and what comes after the page is not known. `stays` is for
 * what may come back.
 */
export function pruned<T>(
  state: ListState<T>,
  page: Page<T>,
  idOf: (item: T) => string,
  stays: (item: T) => boolean,
): ListState<T> {
  const fresh = new Set(page.items.map(idOf));
  const isWhole = page.next_cursor === null;
  const last = isWhole
    ? state.items.length
    : state.items.findLastIndex((item) => fresh.has(idOf(item)));
  const items = state.items.filter(
    (item, index) => index > last || fresh.has(idOf(item)) || stays(item),
  );
  return items.length === state.items.length ? state : { ...state, items };
}

/** How often the beginning of each list was asked for. */
const renewals = new WeakMap<object, number>();

/**
 * Reads the first page again and puts what is new on top. If it is read more than once at a time,
 * only what was asked for last counts: an older answer would take back what a newer one has shown.
 * Raises the same errors as `read`.
 */
export async function readAgain<T>(list: List<T>, read: () => Promise<Page<T>>): Promise<void> {
  const renewal = (renewals.get(list) ?? 0) + 1;
  renewals.set(list, renewal);
  const page = await read();
  if (renewal === renewals.get(list)) refresh(list, page);
}

/** Puts what is new in the first page on top. */
export function refresh<T>(list: List<T>, page: Page<T>): void {
  list.change((state, idOf) => refreshed(state, page, idOf));
}

/**
 * Reads the beginning again and leaves out what it does not have any more. If the first page was
 * renewed meanwhile, that knows better. Raises the same errors as `read`.
 */
export async function prune<T>(
  list: List<T>,
  read: () => Promise<Page<T>>,
  stays: (item: T) => boolean,
): Promise<void> {
  const renewal = renewals.get(list);
  const page = await read();
  if (renewal !== renewals.get(list)) return;
  list.change((state, idOf) => pruned(state, page, idOf, stays));
}

/** Begins again with a first page. */
export function restart<T>(list: List<T>, page: Page<T>): void {
  list.change((_, idOf) => appended(NOTHING, page, idOf));
}

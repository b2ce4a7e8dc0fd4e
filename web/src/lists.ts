/** Lists that come in pages, each with a cursor to the next. */
import { passes, sentence } from "./errors.ts";
import { Store } from "./store.ts";

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

export interface ListState<T> {
  readonly items: readonly T[];
  readonly cursor: string | null;
  readonly status: "loading" | "more" | "end" | "error";
  readonly error: string | null;
  /** The error passes by itself: the network failed, or the service is busy. */
  readonly passes: boolean;
}

export const NOTHING: ListState<never> = {
  items: [],
  cursor: null,
  status: "more",
  error: null,
  passes: false,
};

/** The list with a further page at its end, without items that it holds already. */
export function appended<T>(
  state: ListState<T>,
  page: Page<T>,
  idOf: (item: T) => string,
): ListState<T> {
  const known = new Set(state.items.map(idOf));
  return {
    items: [...state.items, ...page.items.filter((item) => !known.has(idOf(item)))],
    cursor: page.next_cursor,
    status: page.next_cursor === null ? "end" : "more",
    error: null,
    passes: false,
  };
}

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

/** After this many empty pages in a row, the list waits to be asked for more. */
const MAX_EMPTY = 5;

export class List<T> {
  readonly state = new Store<ListState<T>>(NOTHING);
  readonly #load: (cursor: string | undefined) => Promise<Page<T>>;
  readonly #idOf: (item: T) => string;
  /** Counts how often the list began again: a page asked for before that is dropped. */
  #begun = 0;
  #renewals = 0;

  constructor(load: (cursor: string | undefined) => Promise<Page<T>>, idOf: (item: T) => string) {
    this.#load = load;
    this.#idOf = idOf;
  }

  /** Reads the next page, unless there is none or one is on its way. */
  async more(): Promise<void> {
    const { status } = this.state.value;
    if (status === "loading" || status === "end") return;
    const begun = this.#begun;
    this.state.update((state) => ({ ...state, status: "loading", error: null }));
    try {
      // A page may be empty though others follow.
      for (let empty = 0; empty < MAX_EMPTY; empty++) {
        const before = this.state.value;
        const page = await this.#load(before.cursor ?? undefined);
        if (begun !== this.#begun) return;
        const state = appended(this.state.value, page, this.#idOf);
        const found = state.items.length > before.items.length || state.status === "end";
        this.state.set(found ? state : { ...state, status: "loading" });
        if (found) return;
      }
      this.state.update((state) => ({ ...state, status: "more" }));
    } catch (error) {
      if (begun !== this.#begun) return;
      const told = { error: sentence(error), passes: passes(error) };
      this.state.update((state) => ({ ...state, status: "error", ...told }));
    }
  }

  /**
   * Reads the first page again and puts what is new on top. If it is read more than once at a time,
   * only what was asked for last counts: an older answer would take back what a newer one has shown.
   * Raises the same errors as `read`.
   */
  async renew(read: () => Promise<Page<T>>): Promise<void> {
    const renewal = ++this.#renewals;
    const page = await read();
    if (renewal === this.#renewals) this.refresh(page);
  }

  /**
   * Reads the beginning again and leaves out what it does not have any more. If the first page was
   * renewed meanwhile, that knows better. Raises the same errors as `read`.
   */
  async prune(read: () => Promise<Page<T>>, stays: (item: T) => boolean): Promise<void> {
    const renewal = this.#renewals;
    const page = await read();
    if (renewal !== this.#renewals) return;
    this.state.update((state) => pruned(state, page, this.#idOf, stays));
  }

  /** Begins again with a first page. */
  restart(page: Page<T>): void {
    this.#begun++;
    this.state.set(appended(NOTHING, page, this.#idOf));
  }

  /** Puts what is new in the first page on top. */
  refresh(page: Page<T>): void {
    const before = this.state.value;
    const after = refreshed(before, page, this.#idOf);
    // Not what is under way: that goes on where the old list ended.
    if (after.cursor !== before.cursor || after.status !== before.status) this.#begun++;
    this.state.set(after);
  }

  /** Puts an item where it belongs, if that is within what has been read. */
  insert(item: T, isBefore: (item: T, other: T) => boolean): void {
    this.state.update((state) => inserted(state, item, this.#idOf, isBefore));
  }
}

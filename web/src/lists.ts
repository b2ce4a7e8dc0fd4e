/** Lists that come in pages, each with a cursor to the next. */
import { sentence } from "./errors.ts";
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
}

export const NOTHING: ListState<never> = { items: [], cursor: null, status: "more", error: null };

/** The list with a further page at its end; what it holds already comes no second time. */
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
  };
}

/**
 * The list with its first page read anew. Where the two meet, what was read of the old one stays;
 * where they do not, more came than a page holds, and the list begins again.
 */
export function refreshed<T>(
  state: ListState<T>,
  page: Page<T>,
  idOf: (item: T) => string,
): ListState<T> {
  const fresh = new Set(page.items.map(idOf));
  const meets = state.items.some((item) => fresh.has(idOf(item)));
  if (!meets) return appended(NOTHING, page, idOf);
  return {
    ...state,
    items: [...page.items, ...state.items.filter((item) => !fresh.has(idOf(item)))],
  };
}

/** Empty pages in a row after which one asks no further by oneself. */
const MAX_EMPTY = 5;

export class List<T> {
  readonly state = new Store<ListState<T>>(NOTHING);
  readonly #load: (cursor: string | undefined) => Promise<Page<T>>;
  readonly #idOf: (item: T) => string;

  constructor(
    load: (cursor: string | undefined) => Promise<Page<T>>,
    idOf: (item: T) => string,
  ) {
    this.#load = load;
    this.#idOf = idOf;
  }

  /** Reads the next page, unless there is none or one is on its way. */
  async more(): Promise<void> {
    const { status } = this.state.value;
    if (status === "loading" || status === "end") return;
    this.state.update((state) => ({ ...state, status: "loading", error: null }));
    try {
      // A page may be empty though others follow.
      for (let empty = 0; empty < MAX_EMPTY; empty++) {
        const before = this.state.value;
        const page = await this.#load(before.cursor ?? undefined);
        const state = appended(this.state.value, page, this.#idOf);
        const found = state.items.length > before.items.length || state.status === "end";
        this.state.set(found ? state : { ...state, status: "loading" });
        if (found) return;
      }
      this.state.update((state) => ({ ...state, status: "more" }));
    } catch (error) {
      this.state.update((state) => ({ ...state, status: "error", error: sentence(error) }));
    }
  }

  /** Reads the first page again and puts what is new on top. */
  refresh(page: Page<T>): void {
    this.state.update((state) => refreshed(state, page, this.#idOf));
  }
}

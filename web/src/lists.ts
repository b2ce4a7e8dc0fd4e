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

/** After this many empty pages in a row, the list waits to be asked for more. */
const MAX_EMPTY = 5;

export class List<T> {
  readonly state = new Store<ListState<T>>(NOTHING);
  readonly #load: (cursor: string | undefined) => Promise<Page<T>>;
  readonly #idOf: (item: T) => string;
  /** Counts how often the list began again: a page asked for before that is dropped. */
  #begun = 0;

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
   * Makes something else of what was read (`list-changes.ts` has the ways). What is under way is dropped if
   * the list does not end any more where it did.
   */
  change(make: (state: ListState<T>, idOf: (item: T) => string) => ListState<T>): void {
    const before = this.state.value;
    const after = make(before, this.#idOf);
    if (after.cursor !== before.cursor || after.status !== before.status) this.#begun++;
    this.state.set(after);
  }
}

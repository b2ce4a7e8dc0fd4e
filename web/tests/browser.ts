/** As much of a browser as what it keeps of drafts needs, for tests: a database, and locks. */

type Row = Map<string, unknown>;

/** By shelf and name, of whoever is signed in. */
export const shelves: Record<"draft" | "posts" | "files", Row> = {
  draft: new Map(),
  posts: new Map(),
  files: new Map(),
};

/** Names of locks that another tab holds. */
export const heldElsewhere = new Set<string>();

class Asked<T> {
  readonly result: T;
  onsuccess: ((event: { target: Asked<T> }) => void) | null = null;
  onupgradeneeded: (() => void) | null = null;

  constructor(result: T) {
    this.result = result;
    queueMicrotask(() => {
      this.onupgradeneeded?.();
      this.onsuccess?.({ target: this });
    });
  }
}

const storeOf = (rows: Row) => ({
  put: (value: unknown, name: string) => void rows.set(name, value),
  delete: (name: string) => void rows.delete(name),
  get: (name: string) => new Asked(rows.get(name)),
  getAll: () => new Asked([...rows.values()]),
  getAllKeys: () => new Asked([...rows.keys()]),
});

const database = {
  createObjectStore: () => undefined,
  transaction: () => {
    const transaction = {
      oncomplete: null as (() => void) | null,
      objectStore: (shelf: keyof typeof shelves) => storeOf(shelves[shelf]),
    };
    setImmediate(() => transaction.oncomplete?.());
    return transaction;
  },
};

export const indexedDB = { open: () => new Asked(database) };

const held = new Set<string>();

export const locks = {
  query: async () => ({ held: [], pending: [] }),
  request: async (name: string, ...given: unknown[]) => {
    const use = given.at(-1) as (lock: unknown) => unknown;
    if (held.has(name) || heldElsewhere.has(name)) return use(null);
    held.add(name);
    await use({});
    held.delete(name);
  },
};

export class Shelf {
  readonly #values = new Map<string, string>();
  getItem = (key: string) => this.#values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#values.set(key, value);
  removeItem = (key: string) => void this.#values.delete(key);
}

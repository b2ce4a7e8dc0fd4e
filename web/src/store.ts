/** A value that components can watch: the only kind of shared state in this app. */
import { useEffect, useReducer, useRef } from "preact/hooks";

export class Store<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#value));
  }

  /** Calls the listener after every change, until the returned function is called. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The store's value; the component renders again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, rerender] = useReducer((count: number) => count + 1, 0);
  const rendered = useRef(store.value);
  rendered.current = store.value;
  useEffect(() => {
    // It may have changed between the rendering and now.
    if (!Object.is(rendered.current, store.value)) rerender(undefined);
    return store.watch(() => rerender(undefined));
  }, [store]);
  return store.value;
}

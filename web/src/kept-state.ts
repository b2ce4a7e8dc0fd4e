/** What one has done to a part of the page, kept while that is taken from it: the slide of an album, for example. */
import { useState } from "preact/hooks";
import { person } from "./auth.ts";

const kept = new Map<string, unknown>();

person.watch(() => kept.clear());

/** Without a `key`, nothing is kept. */
export function keepState(key: string | undefined, value: unknown): void {
  if (key !== undefined) kept.set(key, value);
}

export function keptState<T>(key: string | undefined, otherwise: T): T {
  return key !== undefined && kept.has(key) ? (kept.get(key) as T) : otherwise;
}

/** State that is there again when the component is; without a `key`, plain state. */
export function useKept<T>(key: string | undefined, initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState(keptState(key, initial));
  const set = (next: T) => {
    keepState(key, next);
    setValue(next);
  };
  return [value, set];
}

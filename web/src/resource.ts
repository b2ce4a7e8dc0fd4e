/** One thing that a view needs: loading, there, or failed. */
import { useEffect, useState } from "preact/hooks";
import { sentence, isNotFound } from "./errors.ts";
import { Store, useStore } from "./store.ts";
import { ofThisVisit } from "./visits.ts";

export interface Resource<T> {
  readonly value: T | null;
  readonly error: string | null;
  readonly isMissing: boolean;
}

const LOADING = { value: null, error: null, isMissing: false };

/** Loads it once for a visit; going back to the visit finds it loaded. */
export function useResource<T>(
  name: string,
  load: () => Promise<T>,
): Resource<T> & { set: (value: T) => void; retry: () => void } {
  const store = ofThisVisit(name, () => new Store<Resource<T>>(LOADING));
  const resource = useStore(store);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    if (store.value.value !== null) return;
    store.set(LOADING);
    load().then(
      (value) => store.set({ value, error: null, isMissing: false }),
      (error: unknown) =>
        store.set({ value: null, error: sentence(error), isMissing: isNotFound(error) }),
    );
  }, [store, attempt]);

  return {
    ...resource,
    set: (value) => store.set({ value, error: null, isMissing: false }),
    retry: () => setAttempt(attempt + 1),
  };
}

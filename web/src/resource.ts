/** A value that a view loads: it is loading, there, or failed. */
import { useEffect, useState } from "preact/hooks";
import { isNotFound, passes, sentence } from "./errors.ts";
import { useRecovery } from "./recovery.ts";
import { Store, useStore } from "./store.ts";
import { ofThisVisit } from "./visits.ts";

export interface Resource<T> {
  readonly value: T | null;
  readonly error: string | null;
  readonly isMissing: boolean;
  /** The error passes by itself. */
  readonly passes: boolean;
}

const LOADING = { value: null, error: null, isMissing: false, passes: false };

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
      (value) => store.set({ ...LOADING, value }),
      (error: unknown) =>
        store.set({
          value: null,
          error: sentence(error),
          isMissing: isNotFound(error),
          passes: passes(error),
        }),
    );
  }, [store, attempt]);

  const retry = () => setAttempt((count) => count + 1);
  useRecovery(resource.passes, resource.value !== null, retry);
  return { ...resource, set: (value) => store.set({ ...LOADING, value }), retry };
}

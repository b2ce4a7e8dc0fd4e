/** Switches that show what one wants while the API is still being told, such as a like. */
import { Store } from "./store.ts";

/** What is wanted, by the id of what it is about. */
export type Wanted = ReadonlyMap<string, boolean>;

export class Wishes {
  /** Only what the API has not confirmed yet. */
  readonly wanted = new Store<Wanted>(new Map());
  readonly #telling = new Set<string>();

  /**
   * Shows a wish at once, and tells the API with `tell`: one wish at a time, and the last one last.
   * Raises the same errors as `tell`, in the call that was sending. What was true is shown again then.
   */
  async want(
    id: string,
    wanted: boolean,
    tell: (wanted: boolean) => Promise<unknown>,
  ): Promise<void> {
    this.wanted.update((all) => new Map(all).set(id, wanted));
    if (this.#telling.has(id)) return; // who is telling goes on with this one
    this.#telling.add(id);
    try {
      let told: boolean | undefined;
      while (told !== this.wanted.value.get(id)) {
        const next: boolean = this.wanted.value.get(id)!;
        await tell(next);
        told = next;
      }
    } finally {
      this.#telling.delete(id);
      this.#forget(id);
    }
  }

  #forget(id: string): void {
    this.wanted.update((all) => new Map([...all].filter(([other]) => other !== id)));
  }
}

/** A switch with a number, as it is shown: the API's number and whatever is still wanted. */
export interface Counted {
  readonly isOn: boolean;
  readonly count: number;
}

export function counted(isOn: boolean, count: number, wanted: boolean | undefined): Counted {
  if (wanted === undefined || wanted === isOn) return { isOn, count };
  return { isOn: wanted, count: Math.max(0, count + (wanted ? 1 : -1)) };
}

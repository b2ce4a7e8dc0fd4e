/** Switches that show what one wants while the API is still being told, such as a like. */
import { NetworkError } from "./errors.ts";
import { Store } from "./store.ts";

/** What is wanted, by the id of what it is about. */
export type Wanted = ReadonlyMap<string, boolean>;

export class Wishes {
  /** Only what the API has not confirmed yet. */
  readonly wanted = new Store<Wanted>(new Map());
  readonly #telling = new Set<string>();
  readonly #keep: (id: string, wanted: boolean) => boolean;

  /** `keep` takes a wish that no answer came to, to have it told later; false if it cannot. */
  constructor(keep: (id: string, wanted: boolean) => boolean = () => false) {
    this.#keep = keep;
  }

  /** Shows a wish that is told later. */
  show(id: string, wanted: boolean): void {
    this.wanted.update((all) => new Map(all).set(id, wanted));
  }

  /**
   * Shows a wish at once, and tells the API with `tell`: one wish at a time, and the last one last.
   * Raises the same errors as `tell`, in the call that was sending. What was true is shown again then.
   * True if the API knows it now; a wish that is kept to be told later goes on being shown.
   */
  async want(
    id: string,
    wanted: boolean,
    tell: (wanted: boolean) => Promise<unknown>,
  ): Promise<boolean> {
    this.show(id, wanted);
    if (this.#telling.has(id)) return false; // who is telling goes on with this one
    this.#telling.add(id);
    let isKept = false;
    try {
      let told: boolean | undefined;
      while (told !== this.wanted.value.get(id)) {
        const next: boolean = this.wanted.value.get(id)!;
        await tell(next);
        told = next;
      }
      return true;
    } catch (error) {
      isKept = error instanceof NetworkError && this.#keep(id, this.wanted.value.get(id)!);
      if (isKept) return false;
      throw error;
    } finally {
      this.#telling.delete(id);
      if (!isKept) this.#forget(id);
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

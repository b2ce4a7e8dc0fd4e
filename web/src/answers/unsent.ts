/** Likes and saves that could not be told for want of a network: kept on the device until they are. */
import { ownerId } from "../auth.ts";
import { keep } from "../storage.ts";

export type Kind = "like" | "save" | "comment-like";

export interface Wish {
  readonly kind: Kind;
  readonly id: string;
  readonly wanted: boolean;
}

interface Unsent {
  /** Whose they are: nobody else tells them. */
  readonly owner: string;
  readonly wishes: readonly Wish[];
}

const KEY = "shutterfeed.unsent";
/** More than anybody does between two stations. */
const MOST = 500;

/** Whether there is anything, whosever it is. */
export function isWaiting(): boolean {
  return localStorage.getItem(KEY) !== null;
}

/** What the signed-in person waits to have told, the oldest first. */
export function unsent(): readonly Wish[] {
  const all = JSON.parse(localStorage.getItem(KEY) ?? "null") as Unsent | null;
  return all !== null && all.owner === ownerId() ? all.wishes : [];
}

/** The last word on it counts. False if it cannot be kept. */
export function keepUnsent(wish: Wish): boolean {
  const others = unsent().filter((other) => !isSame(other, wish));
  return others.length < MOST && write([...others, wish]);
}

export function forgetUnsent(wish: Pick<Wish, "kind" | "id">): void {
  const all = unsent();
  const others = all.filter((other) => !isSame(other, wish));
  if (others.length < all.length) write(others);
}

function isSame(one: Pick<Wish, "kind" | "id">, other: Pick<Wish, "kind" | "id">): boolean {
  return one.kind === other.kind && one.id === other.id;
}

function write(wishes: readonly Wish[]): boolean {
  const owner = ownerId();
  if (owner === null) return false;
  if (wishes.length === 0) {
    localStorage.removeItem(KEY);
    return true;
  }
  return keep(KEY, JSON.stringify({ owner, wishes } satisfies Unsent));
}

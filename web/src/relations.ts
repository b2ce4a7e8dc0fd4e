/** Whom one follows, as last heard of: a change shows wherever the person does. */
import type { ListedUser, UserAsSeen } from "./api.ts";
import { person } from "./auth.ts";
import { Store, useStore } from "./store.ts";

/** By user id. */
const known = new Store<Readonly<Record<string, boolean>>>({});

person.watch(() => known.set({}));

export function learn(id: string, follows: boolean): void {
  known.update((relations) => ({ ...relations, [id]: follows }));
}

/** Notes whom one follows in a list of people that has just come. */
export function learnOf(users: readonly ListedUser[]): void {
  const heard = users.map(({ id, followed_by_me }) => [id, followed_by_me]);
  known.update((relations) => ({ ...relations, ...Object.fromEntries(heard) }));
}

export function learnFrom(seen: UserAsSeen): UserAsSeen {
  learn(seen.user.id, seen.followed_by_me);
  return seen;
}

export function useFollows(id: string, otherwise: boolean): boolean {
  return useStore(known)[id] ?? otherwise;
}

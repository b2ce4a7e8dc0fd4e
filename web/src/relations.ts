/** What one is to others, as last heard of: a change shows wherever the person does. */
import type { PostBody, UserAsSeen } from "./api.ts";
import { person } from "./auth.ts";
import {
  type Change,
  type Flags,
  flagsOf,
  isMuted,
  type Relation,
  STRANGER,
  told,
} from "./relation.ts";
import { Store, useStore } from "./store.ts";

/** By user id. Of an author of a post, only what was changed here is known. */
const known = new Store<Readonly<Record<string, Change>>>({});

/** The last change that each person waits for. */
const running = new Map<string, Promise<unknown>>();

person.watch(() => known.set({}));

function put(id: string, relation: Change): void {
  known.update((relations) => ({ ...relations, [id]: relation }));
}

/** Notes the relations to a list of people that has just come. */
export function learnOf(users: readonly (Flags & { id: string })[]): void {
  known.update((relations) => ({
    ...relations,
    ...Object.fromEntries(users.map((user) => [user.id, told(relations[user.id], user)])),
  }));
}

export function learnFrom(seen: UserAsSeen): UserAsSeen {
  // What was changed after this was asked is newer.
  if (!running.has(seen.user.id)) put(seen.user.id, told(known.value[seen.user.id], seen));
  return seen;
}

/** Notes what one has just changed. */
export function note(id: string, change: Change): void {
  put(id, { ...known.value[id], ...change });
}

/**
 * Shows a change at once, and takes it back if `action` fails. Raises the same errors. Changes of one
 * person are made in their order: on a slow network the second is pressed before the first is answered.
 */
export async function changing<T>(
  id: string,
  change: Change,
  action: () => Promise<T>,
): Promise<T> {
  const before = known.value[id] ?? {};
  note(id, change);
  const turn = (running.get(id) ?? Promise.resolve()).catch(() => undefined).then(action);
  running.set(id, turn);
  try {
    return await turn;
  } catch (error) {
    put(id, before);
    throw error;
  } finally {
    if (running.get(id) === turn) running.delete(id);
  }
}

/** `given` is what the API said when the person was loaded. */
export function relationTo(id: string, given: Flags = STRANGER): Relation {
  return { ...flagsOf(given), ...known.value[id] };
}

/** The same; the component renders again when it changes. */
export function useRelation(id: string, given?: Flags): Relation {
  useStore(known);
  return relationTo(id, given);
}

/** Whether a person belongs into a list of people: not once one has blocked them. */
export function isListed({ id }: { id: string }): boolean {
  return !relationTo(id).blocked_by_me;
}

/** Whether a post belongs among those of many people: not once its author is blocked or muted. */
export function isShown({ author }: Pick<PostBody, "author">): boolean {
  const relation = relationTo(author.id);
  return !relation.blocked_by_me && !isMuted(relation);
}

/** `isListed`; the component renders again when it may have changed. */
export function useIsListed(): typeof isListed {
  useStore(known);
  return isListed;
}

/** `isShown`; the component renders again when it may have changed. */
export function useIsShown(): typeof isShown {
  useStore(known);
  return isShown;
}

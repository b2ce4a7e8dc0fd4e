/** What one is to others, as last heard of: a change shows wherever the person does. */
import type { PostBody } from "./api.ts";
import { person } from "./auth.ts";
import { type Change, type Flags, flagsOf, isMuted, type Relation, STRANGER } from "./relation.ts";
import { isReported, reported } from "./reporting.ts";
import { Store, useStore } from "./store.ts";

/** By user id. Of an author of a post, only what was changed here is known. */
export const known = new Store<Readonly<Record<string, Change>>>({});

person.watch(() => known.set({}));

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

/** Whether a post belongs among those of many people: not once its author is blocked, muted or reported. */
export function isShown({ author }: Pick<PostBody, "author">): boolean {
  const relation = relationTo(author.id);
  return !relation.blocked_by_me && !isMuted(relation) && !isReported("user", author.id);
}

/** `isListed`; the component renders again when it may have changed. */
export function useIsListed(): typeof isListed {
  useStore(known);
  return isListed;
}

/** `isShown`; the component renders again when it may have changed. */
export function useIsShown(): typeof isShown {
  useStore(known);
  useStore(reported);
  return isShown;
}

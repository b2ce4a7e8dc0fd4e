/** What the signed-in user is to somebody else, as the API says it. `relation-acts.ts` has what each action makes of it. */
import type { UserAsSeen } from "./api.ts";

/** The flags that the API gives with every user. */
export type Flags = Pick<
  UserAsSeen,
  "followed_by_me" | "follows_me" | "requested_by_me" | "blocked_by_me" | "muted_by_me"
>;

export interface Relation extends Flags {
  /** When the mute ends, if that is known and it does. */
  readonly muted_until?: string | null;
}

export type Change = Partial<Relation>;

export const STRANGER: Relation = {
  followed_by_me: false,
  follows_me: false,
  requested_by_me: false,
  blocked_by_me: false,
  muted_by_me: false,
};

/** The flags alone, of whatever has them among other fields. */
export function flagsOf(seen: Flags): Flags {
  return {
    followed_by_me: seen.followed_by_me,
    follows_me: seen.follows_me,
    requested_by_me: seen.requested_by_me,
    blocked_by_me: seen.blocked_by_me,
    muted_by_me: seen.muted_by_me,
  };
}

/** Whether a mute holds: one for a time ends by itself, also while the page stays open. */
export function isMuted(relation: Change, now: number = Date.now()): boolean {
  if (!relation.muted_by_me) return false;
  const until = relation.muted_until ?? null;
  return until === null || now < Date.parse(until);
}

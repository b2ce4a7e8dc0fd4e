/** What the signed-in user is to somebody else, and what each action makes of it. */
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

/** The relation once the API has told its flags again: of a mute it does not say when it ends. */
export function told(before: Change | undefined, flags: Flags): Relation {
  const until = flags.muted_by_me ? before?.muted_until : undefined;
  return { ...flagsOf(flags), ...(until !== undefined && { muted_until: until }) };
}

export type FollowState = "none" | "requested" | "following";

export function followState(relation: Flags): FollowState {
  if (relation.followed_by_me) return "following";
  return relation.requested_by_me ? "requested" : "none";
}

/** What following somebody makes of it: with a private account, it is a request at first. */
export function followed(isPrivate: boolean): Change {
  return { followed_by_me: !isPrivate, requested_by_me: isPrivate };
}

/** No longer followed, and not asked either. */
export const UNFOLLOWED: Change = { followed_by_me: false, requested_by_me: false };

/** A block ends what the two followed of each other; unblocking does not bring that back. */
export const BLOCKED: Change = { ...UNFOLLOWED, follows_me: false, blocked_by_me: true };

/** Whether a mute holds: one for a time ends by itself, also while the page stays open. */
export function isMuted(relation: Change, now: number = Date.now()): boolean {
  if (!relation.muted_by_me) return false;
  const until = relation.muted_until ?? null;
  return until === null || now < Date.parse(until);
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The moment so many days from now, as the API takes it; null for a mute that does not end. */
export function muteEnd(days: number | null, now: number = Date.now()): string | null {
  return days === null ? null : new Date(now + days * DAY_MS).toISOString();
}

/** What each action makes of what one is to somebody else. */
import { type Change, type Flags, flagsOf, type Relation } from "./relation.ts";

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

const DAY_MS = 24 * 60 * 60 * 1000;

/** The moment so many days from now, as the API takes it; null for a mute that does not end. */
export function muteEnd(days: number | null, now: number = Date.now()): string | null {
  return days === null ? null : new Date(now + days * DAY_MS).toISOString();
}

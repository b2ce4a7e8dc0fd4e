/** What "Liked by anna and 12 others" consists of. */
import type { Counted } from "../wishes.ts";

export interface LikedSentence {
  /** Whether the one who looks is among them. */
  readonly you: boolean;
  readonly named: string | undefined;
  /** How many there are besides these. */
  readonly others: number;
}

/**
 * Who is told of. Null if that is no one in particular. The number and the one's own like are what one
 * wants at the moment; whoever is named may have taken the like back since, so that nobody else is left.
 */
export function likedSentence(like: Counted, named: string | undefined): LikedSentence | null {
  if (like.count === 0 || (!like.isOn && named === undefined)) return null;
  const others = like.count - Number(like.isOn) - Number(named !== undefined);
  return { you: like.isOn, named, others: Math.max(0, others) };
}

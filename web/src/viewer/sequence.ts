/** The pictures of a list of posts in one row: after an album's last one comes the next post's first. */

interface Album {
  readonly id: string;
  readonly media: readonly unknown[];
}

/** Which medium of which post. */
export interface Spot {
  readonly id: string;
  readonly index: number;
}

/** The spot after this one (1) or before it (-1); null at the end, and for a post that is not in the list. */
export function beside(posts: readonly Album[], spot: Spot, by: 1 | -1): Spot | null {
  const at = posts.findIndex(({ id }) => id === spot.id);
  const post = posts[at];
  if (post === undefined) return null;
  const index = spot.index + by;
  if (index >= 0 && index < post.media.length) return { id: spot.id, index };
  const other = posts[at + by];
  if (other === undefined) return null;
  return { id: other.id, index: by === 1 ? 0 : Math.max(0, other.media.length - 1) };
}

/** Whether so few posts follow that further ones should be read now. */
export function isNearEnd(posts: readonly Album[], { id }: Spot, few = 3): boolean {
  return posts.length - 1 - posts.findIndex((post) => post.id === id) < few;
}

/** The locks by which the tabs of a browser tell each other what they send. */

const PREFIX = "shutterfeed.sending.";

interface Lock {
  readonly name?: string;
  readonly mode?: "exclusive" | "shared";
}

/** A tab has one of its own for each post, so that no tab waits for another to send. */
export function lockName(postId: string, tab: string): string {
  return `${PREFIX}${postId}.${tab}`;
}

/**
 * The ids of posts that other tabs send, by the names of their locks. Who sends has the lock alone;
 * those who wait for its end ask to share it.
 */
export function sentByOthers(
  { held = [], pending = [] }: { held?: readonly Lock[]; pending?: readonly Lock[] },
  tab: string,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, mode } of [...held, ...pending]) {
    if (mode !== "exclusive" || !name?.startsWith(PREFIX)) continue;
    const [postId = "", sender] = name.slice(PREFIX.length).split(".");
    if (sender !== tab) found.set(name, postId);
  }
  return found;
}

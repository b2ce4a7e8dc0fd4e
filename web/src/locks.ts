/** The locks by which the tabs of a browser tell each other what they send. */

const PREFIX = "shutterfeed.sending.";

interface Named {
  readonly name?: string;
}

/** A tab has one of its own for each post, so that no tab waits for another to send. */
export function lockName(postId: string, tab: string): string {
  return `${PREFIX}${postId}.${tab}`;
}

/** The ids of posts that other tabs send, by the names of their locks. */
export function sentByOthers(
  { held = [], pending = [] }: { held?: readonly Named[]; pending?: readonly Named[] },
  tab: string,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name } of [...held, ...pending]) {
    if (!name?.startsWith(PREFIX)) continue;
    const [postId = "", sender] = name.slice(PREFIX.length).split(".");
    if (sender !== tab) found.set(name, postId);
  }
  return found;
}

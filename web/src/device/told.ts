/** What a push tells: of what kind the news is and how many people it is about, and nothing else. */
export interface Told {
  readonly kind: string;
  readonly count: number;
  /** A notification takes the place of an earlier one of the same topic. */
  readonly topic?: string;
}

/** One person, and how many. */
const SENTENCES: Record<string, readonly [one: string, many: string]> = {
  like: ["Somebody likes your post.", "people like your post."],
  comment: ["Somebody has commented on your post.", "people have commented on your post."],
  reply: ["Somebody has replied to your comment.", "people have replied to your comment."],
  mention: ["Somebody has mentioned you.", "people have mentioned you."],
  tag: ["Somebody has tagged you in a picture.", "people have tagged you in a picture."],
  comment_like: ["Somebody likes your comment.", "people like your comment."],
  follow: ["Somebody follows you.", "people follow you."],
  follow_request: ["Somebody asks to follow you.", "people ask to follow you."],
  request_accepted: ["You may follow somebody now.", "people have accepted you."],
  upload_failed: ["A file of yours could not be posted.", "files could not be posted."],
};
const NEWS = "There is something new in your activity.";

export function sentenceOf({ kind, count }: Told): string {
  const sentences = Object.hasOwn(SENTENCES, kind) ? SENTENCES[kind] : undefined;
  if (sentences === undefined) return NEWS;
  return count > 1 ? `${count} ${sentences[1]}` : sentences[0];
}

/** What the text of a push tells. A browser must show something for every push. */
export function read(text: string | undefined): Told {
  try {
    const { kind, count, topic } = JSON.parse(text ?? "") as Record<string, unknown>;
    return {
      kind: String(kind),
      count: Number(count) || 1,
      ...(typeof topic === "string" && { topic }),
    };
  } catch {
    return { kind: "", count: 1 };
  }
}

/** The window that already shows the activity, if there is one. In others somebody may be writing. */
export function showing<W extends { readonly url: string }>(windows: readonly W[]): W | undefined {
  return windows.find(({ url }) => new URL(url).pathname === "/activity");
}

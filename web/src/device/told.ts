import type { Speech } from "../sentences.ts";

/** What a push tells: of what kind the news is and how many people it is about, and nothing else. */
export interface Told {
  readonly kind: string;
  readonly count: number;
  /** A notification takes the place of an earlier one of the same topic. */
  readonly topic?: string;
}

/** The sentence by which people are told of it. */
export function sentenceOf({ kind, count }: Told, { counted, t }: Speech): string {
  const news = () => t("There is something new in your activity.");
  const sentences: Record<string, () => string> = {
    like: () => counted(count, "Somebody likes your post.", "{count} people like your post."),
    comment: () =>
      counted(
        count,
        "Somebody has commented on your post.",
        "{count} people have commented on your post.",
      ),
    reply: () =>
      counted(
        count,
        "Somebody has replied to your comment.",
        "{count} people have replied to your comment.",
      ),
    mention: () =>
      counted(count, "Somebody has mentioned you.", "{count} people have mentioned you."),
    tag: () =>
      counted(
        count,
        "Somebody has tagged you in a picture.",
        "{count} people have tagged you in a picture.",
      ),
    comment_like: () =>
      counted(count, "Somebody likes your comment.", "{count} people like your comment."),
    follow: () => counted(count, "Somebody follows you.", "{count} people follow you."),
    follow_request: () =>
      counted(count, "Somebody asks to follow you.", "{count} people ask to follow you."),
    request_accepted: () =>
      counted(count, "You may follow somebody now.", "{count} people have accepted you."),
    upload_failed: () =>
      counted(count, "A file of yours could not be posted.", "{count} files could not be posted."),
    published_late: () => t("Your scheduled post was published later than planned"),
  };
  const sentence = Object.hasOwn(sentences, kind) ? sentences[kind] : undefined;
  return (sentence ?? news)();
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

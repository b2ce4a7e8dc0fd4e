/** How far a post of one's own has come, as its author should hear it. */
import type { PostBody } from "./api.ts";
import type { LocalFile } from "./files.ts";

/** Who sends a post's files from this browser; null if nobody does. */
export type Sender = "this tab" | "another tab" | null;

/** What may be said of a file that the API still waits for. */
export type AwaitedStage =
  | "sending"
  | "elsewhere"
  | "interrupted"
  | "held"
  | "awaited"
  | "unconfirmed"
  | "received";
export type Stage = AwaitedStage | "failed" | "processing" | "published";

type Known = Partial<Pick<LocalFile, "isReceived" | "sentAt" | "isKept">> | undefined;

/** As long as an upload link is good: until then another device may be sending the file. */
const ELSEWHERE_MS = 15 * 60_000;
/** As long as the API may need to hear of a file that has arrived. */
const UNCONFIRMED_MS = 2 * 60_000;
/** From the first stage to the last: a post is as far as its slowest file. */
export const LEAST_FIRST: readonly AwaitedStage[] = [
  "sending",
  "elsewhere",
  "interrupted",
  "held",
  "awaited",
  "unconfirmed",
  "received",
];

/** `file` gives what this browser knows of a medium. */
export function stageOf(
  post: Pick<PostBody, "state" | "media" | "created_at">,
  sender: Sender,
  file: (mediaId: string) => Known,
  now: number,
): Stage {
  if (post.state === "failed" || post.state === "published") return post.state;
  const awaited = post.media.filter(({ state }) => state === "awaiting");
  const stages = awaited.map(({ id }) => awaitedStage(sender, file(id), post.created_at, now));
  return LEAST_FIRST.find((stage) => stages.includes(stage)) ?? "processing";
}

/**
 * The API hears of a file's arrival later than the browser that has sent it, and until then calls it
 * awaited. "Interrupted" is only what certainly needs a hand:
 *
 * - What this browser keeps is held until a tab sends it, which happens by itself.
 * - A page that was closed just after the last byte has not heard whether all arrived: unconfirmed.
 * - What no tab of this browser sends, and this browser knows nothing of, may be on its way from the
 *   command line or another device, or even be there already: awaited.
 */
export function awaitedStage(
  sender: Sender,
  file: Known,
  createdAt: string,
  now: number,
): AwaitedStage {
  if (file?.isReceived) return "received";
  if (sender === "this tab") return "sending";
  if (sender === "another tab") return "elsewhere";
  if (file?.isKept) return "held";
  if (file === undefined) {
    return now - Date.parse(createdAt) < ELSEWHERE_MS ? "awaited" : "interrupted";
  }
  const { sentAt } = file;
  return sentAt && now - sentAt < UNCONFIRMED_MS ? "unconfirmed" : "interrupted";
}

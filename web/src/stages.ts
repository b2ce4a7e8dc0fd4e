/** How far a post of one's own has come, as its author should hear it. */
import type { PostBody } from "./api.ts";

export type Stage = "failed" | "interrupted" | "sending" | "received" | "processing";

/**
 * `isSending`: this page is sending its files. `isReceived` tells for a medium whether this browser
 * has sent all of it: the API hears of that later, and until then calls the medium awaited.
 */
export function stageOf(
  post: Pick<PostBody, "state" | "media">,
  isSending: boolean,
  isReceived: (mediaId: string) => boolean,
): Stage {
  if (post.state === "failed") return "failed";
  const awaited = post.media.filter(({ state }) => state === "awaiting");
  if (awaited.length === 0) return "processing";
  if (awaited.every(({ id }) => isReceived(id))) return "received";
  return isSending ? "sending" : "interrupted";
}

/** How far a post of one's own has come, as its author should hear it. */
import type { PostBody } from "./api.ts";
import type { LocalFile } from "./local-files.ts";

export type Stage = "failed" | "interrupted" | "awaited" | "sending" | "received" | "processing";

/** As long as an upload link is good: until then another device may be sending the file. */
const ELSEWHERE_MS = 15 * 60_000;

/**
 * `isSending`: this page is sending its files. `file` gives what this browser knows of a medium, such
 * as that it has sent all of it: the API hears of that later, and until then calls the medium awaited.
 * What this browser knows nothing of may be on its way from the command line or another device, or
 * even be there already: it is awaited, not interrupted.
 */
export function stageOf(
  post: Pick<PostBody, "state" | "media" | "created_at">,
  isSending: boolean,
  file: (mediaId: string) => Pick<LocalFile, "isReceived"> | undefined,
  now: number,
): Stage {
  if (post.state === "failed") return "failed";
  const missing = post.media.filter(({ id, state }) => state === "awaiting" && !file(id)?.isReceived);
  if (missing.length > 0) {
    if (isSending) return "sending";
    const isElsewhere = missing.every(({ id }) => isPerhapsElsewhere(file(id), post.created_at, now));
    return isElsewhere ? "awaited" : "interrupted";
  }
  return post.media.some(({ state }) => state === "awaiting") ? "received" : "processing";
}

/** Whether a file that the API has not heard of may be on its way from somewhere else. */
export function isPerhapsElsewhere(file: object | undefined, createdAt: string, now: number): boolean {
  return file === undefined && now - Date.parse(createdAt) < ELSEWHERE_MS;
}

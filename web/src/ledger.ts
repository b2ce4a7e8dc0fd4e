/** The ledger of uploads as its owner looks at it: by post, each as far as its slowest file. */
import type { UploadBody } from "./api.ts";
import { type AwaitedStage, LEAST_FIRST } from "./stages.ts";

export type FileState = AwaitedStage | Exclude<UploadBody["state"], "awaiting">;

/** What a post as a whole is called by: the first of these that one of its files has. */
const FIRST: readonly FileState[] = ["failed", ...LEAST_FIRST, "processing", "ready"];

/** The files of each post in the order in which they came, and the posts in the order of their first files. */
export function byPost(uploads: readonly UploadBody[]): readonly (readonly UploadBody[])[] {
  const posts = new Map<string, UploadBody[]>();
  for (const upload of uploads) {
    const files = posts.get(upload.post_id);
    if (files === undefined) posts.set(upload.post_id, [upload]);
    else files.push(upload);
  }
  return [...posts.values()];
}

/** How far a post is whose files are as far as this. */
export function stateOfPost(states: readonly FileState[]): FileState {
  return FIRST.find((state) => states.includes(state)) ?? "ready";
}

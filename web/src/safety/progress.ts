import type { ExportBody } from "../api.ts";

type Counted = Pick<ExportBody, "posts_done" | "posts_total" | "bytes_done" | "bytes_total">;

/**
 * How far an export is, from 0 to 1: by the bytes of its originals, or by its posts if there are none.
 * Deleted posts are exported, too, so that more can be done than there was to do.
 */
export function progressOf({ posts_done, posts_total, bytes_done, bytes_total }: Counted): number {
  if (bytes_total > 0) return Math.min(bytes_done / bytes_total, 1);
  return posts_total > 0 ? Math.min(posts_done / posts_total, 1) : 0;
}

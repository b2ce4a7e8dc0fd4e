/** What is new in the home feed, and what is gone from it since it was read. */
import { call, type PostBody } from "./api.ts";
import { interrupted } from "./auth.ts";
import { Failure } from "./errors.ts";
import { beginning, feed, firstPage, keptSince, LIMIT, news } from "./feed.ts";
import { prune, readAgain, restart } from "./list-changes.ts";
import { published } from "./pending.ts";
import { recall } from "./posts.ts";

/** Whether a post of one's own has come out since the list was read, on this page or another. */
export function lacksOwn(): boolean {
  const { items, status } = feed().state.value;
  const isUnread = items.length === 0 && status === "more";
  return !isUnread && published.value !== beginning().own;
}

/** Puts what is new on top of the list. Raises the same errors as `call`. */
export async function showNews(): Promise<void> {
  if (keptSince.value !== null) return leaveKept();
  await readAgain(feed(), firstPage);
}

/** What is there now takes the place of what an earlier visit has seen. Raises the same errors as `call`. */
export async function leaveKept(): Promise<void> {
  const page = await firstPage();
  keptSince.set(null);
  restart(feed(), page);
}

/** Asks how many posts are new; a failure waits for the next time. */
export async function askForNews(): Promise<void> {
  if (interrupted.value) return;
  const asked = beginning().latest;
  if (asked === null) return feed().state.value.status === "end" ? showNews() : undefined;
  try {
    const { new: found } = await call("get", "/feed", { query: { since: asked } });
    if (asked === beginning().latest) news.set(found !== null && found.count > 0 ? found : null);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

/**
 * Leaves out posts that are gone, for example because their author has blocked one or is private now;
 * a failure waits for the next time. One's own that were deleted here can still be restored.
 */
export async function dropGone(): Promise<void> {
  if (interrupted.value || feed().state.value.items.length === 0) return;
  const isDeleted = (post: PostBody) => recall(post.id)?.state === "deleted";
  const read = () => call("get", "/feed", { query: { limit: LIMIT } });
  try {
    await prune(feed(), read, isDeleted);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

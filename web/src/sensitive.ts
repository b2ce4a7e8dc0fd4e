/** Posts that are marked as sensitive, or that one has reported: covered until one chooses to look. */
import type { Me, PostBody } from "./api.ts";
import { person } from "./auth.ts";
import { me } from "./me.ts";
import { isReported, reported } from "./reporting.ts";
import { Store, useStore } from "./store.ts";

type Marked = Pick<PostBody, "id" | "sensitive" | "reported_by_me"> & { author: { id: string } };
type Viewer = Pick<Me, "id" | "sensitive">;

/** The ids of the posts that one has chosen to look at since the page was loaded. */
const opened = new Store<ReadonlySet<string>>(new Set());

person.watch(() => opened.set(new Set()));

/** Whether one has reported a post, just now or before. */
export function isReportedPost(post: Pick<PostBody, "id" | "reported_by_me">): boolean {
  return post.reported_by_me || isReported("post", post.id);
}

/**
 * What is in front of a post's pictures: of a sensitive one `none` also for its author, and for whoever wants
 * that.
 */
export type Cover = "none" | "closed" | "open";

export function coverOf(post: Marked, viewer: Viewer | null, isOpened: boolean): Cover {
  const isSeen = viewer?.sensitive === "show" || viewer?.id === post.author.id;
  if (!post.reported_by_me && (!post.sensitive || isSeen)) return "none";
  return isOpened ? "open" : "closed";
}

/** `coverOf` for whoever looks; nobody who is not signed in has chosen to see such posts. */
export function currentCover(post: Marked): Cover {
  const now = { ...post, reported_by_me: isReportedPost(post) };
  return coverOf(now, me.value, opened.value.has(post.id));
}

/** The same; the component renders again when it changes. */
export function useCover(post: Marked): Cover {
  useStore(me);
  useStore(opened);
  useStore(reported);
  return currentCover(post);
}

/** Shows the pictures of a covered post, on every page, or covers them again. */
export function toggleCover({ id }: Pick<PostBody, "id">): void {
  opened.update((ids) =>
    ids.has(id) ? new Set([...ids].filter((other) => other !== id)) : new Set([...ids, id]),
  );
}

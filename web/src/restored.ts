/** Posts that come back to the lists that they had left. */
import type { PostBody } from "./api.ts";
import { inserted } from "./list-changes.ts";
import type { List } from "./lists.ts";
import { Store } from "./store.ts";

/** The post that was restored last: lists take it in again. */
export const restored = new Store<PostBody | null>(null);

/** Puts a restored post into a list of published posts, newest first, where it was. */
export function takeBack(list: List<PostBody>, post: PostBody): void {
  const isBefore = (one: PostBody, other: PostBody) =>
    (one.published_at ?? "") > (other.published_at ?? "");
  list.change((state, idOf) => inserted(state, post, idOf, isBefore));
}

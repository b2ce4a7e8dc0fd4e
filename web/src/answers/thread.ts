/** Comments as they are read, page by page, and what one has written oneself meanwhile. */
import { type Comment, call } from "../api.ts";
import { List, type Page } from "../lists.ts";
import { Store } from "../store.ts";
import { readComments, rememberComment } from "./known-comments.ts";

export type Order = "oldest" | "newest";

export class Thread {
  readonly list: List<Comment>;
  /** Newest first. They stand above the list, so that they are seen wherever their page is. */
  readonly written = new Store<readonly Comment[]>([]);

  constructor(read: (cursor: string | undefined) => Promise<Page<Comment>>) {
    this.list = new List(
      (cursor) => readComments(() => read(cursor)),
      (comment) => comment.id,
    );
  }

  add(comment: Comment): void {
    this.written.update((written) => [rememberComment(comment), ...written]);
  }
}

/** The comments of a post that answer no other one. */
export function commentsOf(id: string, order: Order): Thread {
  return new Thread((cursor) => {
    const query = { order, ...(cursor !== undefined && { cursor }) };
    return call("get", "/posts/{id}/comments", { path: { id }, query });
  });
}

/** The replies to a comment, oldest first. */
export function repliesTo(comment_id: string): Thread {
  return new Thread((cursor) => {
    const query = cursor === undefined ? {} : { cursor };
    return call("get", "/comments/{comment_id}/replies", { path: { comment_id }, query });
  });
}

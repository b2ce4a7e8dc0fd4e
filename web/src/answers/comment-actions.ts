/** What can be done with comments. What changes is shown wherever the comment and its post are. */

import { type Comment, call, type PostBody } from "../api.ts";
import { sentence } from "../errors.ts";
import { t } from "../language.ts";
import { fetchPost, recall, rememberAnswered } from "../posts.ts";
import { toast } from "../toasts.ts";
import { recallComment, rememberComment } from "./known-comments.ts";

export interface Written {
  readonly text: string;
  /** The comment that it answers. */
  readonly replyTo: Comment | null;
  /** The same for the same text: sent twice, it is one comment. */
  readonly key: string;
}

/** Raises the same errors as `call`. */
export async function writeComment(post: PostBody, written: Written): Promise<Comment> {
  const { text, replyTo, key } = written;
  const comment = await call("post", "/posts/{id}/comments", {
    path: { id: post.id },
    header: { "Idempotency-Key": key },
    body: { text, reply_to: replyTo?.id ?? null },
  });
  countOwn(comment, 1);
  return comment;
}

/** Raises the same errors as `call`. */
export async function editComment(comment: Comment, text: string): Promise<void> {
  const given = { path: { comment_id: comment.id }, body: { text } };
  const edited = rememberComment(await call("patch", "/comments/{comment_id}", given));
  if (edited.held !== comment.held) countAgain(comment);
}

export async function deleteComment(comment: Comment): Promise<boolean> {
  const path = { comment_id: comment.id };
  const done = await attempt(() => call("delete", "/comments/{comment_id}", { path }));
  if (!done) return false;
  change(comment, { deleted: true, text: null, can_edit: false, can_delete: false });
  countOwn(comment, -1);
  toast(t("Comment deleted."));
  return true;
}

export async function hideComment(comment: Comment, hidden: boolean): Promise<void> {
  const path = { comment_id: comment.id };
  const method = hidden ? "put" : "delete";
  const done = await attempt(() => call(method, "/comments/{comment_id}/hidden", { path }));
  if (!done) return;
  change(comment, { hidden });
  countAgain(comment);
  toast(
    hidden
      ? t("Comment hidden. Only you and its author see it.")
      : t("Everybody who sees the post sees the comment again."),
  );
}

export async function pinComment(comment: Comment, pinned: boolean): Promise<void> {
  const path = { comment_id: comment.id };
  const method = pinned ? "put" : "delete";
  const done = await attempt(() => call(method, "/comments/{comment_id}/pinned", { path }));
  if (!done) return;
  change(comment, { pinned });
  toast(pinned ? t("Comment pinned: it stands first.") : t("Comment not pinned any more."));
}

/** Lets a comment be seen that one's own words have held back. */
export async function approveComment(comment: Comment): Promise<boolean> {
  const path = { comment_id: comment.id };
  const done = await attempt(() => call("put", "/comments/{comment_id}/approved", { path }));
  if (!done) return false;
  change(comment, { held: false });
  countAgain(comment);
  toast(t("Comment approved."));
  return true;
}

function change(comment: Comment, changed: Partial<Comment>): void {
  rememberComment({ ...recallComment(comment), ...changed });
}

/** What answers a comment counts or does not count with it: the API knows the number. */
function countAgain({ post_id }: Comment): void {
  fetchPost(post_id).catch(() => undefined); // without an answer, the old one stays
}

/** Counts a comment that has come or gone at once, wherever the post is shown. */
function countOwn(comment: Comment, by: number): void {
  // One that is held or hidden is not among those that are counted, unless that has changed since.
  if (comment.held || comment.hidden) countAgain(comment);
  else recount(comment.post_id, by);
}

function recount(post_id: string, by: number): void {
  const known = recall(post_id);
  if (known === undefined) return;
  const comments = Math.max(0, known.counts.comments + by);
  rememberAnswered({ ...known, counts: { ...known.counts, comments } });
}

/** False if it failed, which is told. */
async function attempt(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    toast(sentence(error), { isError: true });
    return false;
  }
}

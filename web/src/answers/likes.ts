/** Likes and saves: shown at once, and as they are if the API refuses. */
import { type Comment, call, type PostBody } from "../api.ts";
import { sentence } from "../errors.ts";
import { fetchPost, recall, rememberAnswered } from "../posts.ts";
import { useStore } from "../store.ts";
import { toast } from "../toasts.ts";
import { type Counted, counted, Wishes } from "../wishes.ts";
import { recallComment, rememberComment } from "./known-comments.ts";

const likes = new Wishes();
const saves = new Wishes();
const commentLikes = new Wishes();

export function useLike(post: PostBody): Counted {
  const wanted = useStore(likes.wanted).get(post.id);
  return counted(post.liked_by_me, post.counts.likes, wanted);
}

export function useSave(post: PostBody): boolean {
  return useStore(saves.wanted).get(post.id) ?? post.saved_by_me;
}

export function useCommentLike(comment: Comment): Counted {
  const wanted = useStore(commentLikes.wanted).get(comment.id);
  return counted(comment.liked_by_me, comment.likes, wanted);
}

export async function likePost(post: PostBody, wanted: boolean): Promise<void> {
  const path = { id: post.id };
  await told(post, () =>
    likes.want(post.id, wanted, async (isLiked) => {
      const answer = await call(isLiked ? "put" : "delete", "/posts/{id}/like", { path });
      rememberAnswered({ ...(recall(post.id) ?? post), ...answer });
    }),
  );
}

/** True if it is as wanted now. */
export async function savePost(post: PostBody, wanted: boolean): Promise<boolean> {
  const path = { id: post.id };
  return told(post, () =>
    saves.want(post.id, wanted, async (isSaved) => {
      const answer = await call(isSaved ? "put" : "delete", "/posts/{id}/save", { path });
      rememberAnswered({ ...(recall(post.id) ?? post), ...answer });
    }),
  );
}

export async function likeComment(comment: Comment, wanted: boolean): Promise<void> {
  const path = { comment_id: comment.id };
  try {
    await commentLikes.want(comment.id, wanted, async (isLiked) => {
      const method = isLiked ? "put" : "delete";
      const answer = await call(method, "/comments/{comment_id}/like", { path });
      rememberComment({ ...recallComment(comment), ...answer });
    });
  } catch (error) {
    toast(sentence(error), { isError: true });
  }
}

/** A failure is told, and the post read again: whether the API has done it may not be known. */
async function told(post: PostBody, wish: () => Promise<void>): Promise<boolean> {
  try {
    await wish();
    return true;
  } catch (error) {
    toast(sentence(error), { isError: true });
    fetchPost(post.id).catch(() => undefined); // what was known stays
    return false;
  }
}

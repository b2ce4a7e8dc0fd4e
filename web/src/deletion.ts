/** Deleting one's posts, restoring and erasing them. */
import { call, type PostBody } from "./api.ts";
import { sentence } from "./errors.ts";
import { feed } from "./feed.ts";
import { follow } from "./following.ts";
import { t } from "./language.ts";
import { positionKept } from "./position.ts";
import { rememberOwn } from "./posts.ts";
import { restored, takeBack } from "./restored.ts";
import { toast } from "./toasts.ts";

/**
 * Deletes the post and offers to bring it back to where it was. False if it could not be deleted.
 */
export async function deletePost(post: PostBody): Promise<boolean> {
  const goBack = positionKept();
  try {
    await call("delete", "/posts/{id}", { path: { id: post.id } });
  } catch (error) {
    toast(sentence(error), { isError: true });
    return false;
  }
  rememberOwn({ ...post, state: "deleted" });
  toast(t("Post deleted."), {
    action: t("Undo"),
    onAction: () => void restorePost(post.id).then((isRestored) => isRestored && goBack()),
  });
  return true;
}

/** False if it could not be restored. */
export async function restorePost(id: string): Promise<boolean> {
  try {
    const post = await call("post", "/posts/{id}/restore", { path: { id }, repeats: true });
    rememberOwn(post);
    if (post.state !== "published") follow(post);
    else {
      takeBack(feed(), post);
      restored.set(post);
    }
  } catch (error) {
    toast(sentence(error), { isError: true });
    return false;
  }
  toast(t("Post restored."));
  return true;
}

/** Erases a post for ever. False if that failed, which is told. */
export async function erasePost(id: string): Promise<boolean> {
  try {
    await call("post", "/posts/{id}/erasure", { path: { id }, repeats: true });
  } catch (error) {
    toast(sentence(error), { isError: true });
    return false;
  }
  toast(t("Post erased."));
  return true;
}

/** What one does with a scheduled post. Each returns the post as it is now, or null if that failed, which is told. */
import { call, type PostBody } from "../api.ts";
import { sentence } from "../errors.ts";
import { t } from "../language.ts";
import { rememberOwn } from "../posts.ts";
import { toast } from "../toasts.ts";

export async function publishNow({ id }: PostBody): Promise<PostBody | null> {
  const post = await told(() =>
    call("post", "/posts/{id}/publish", { path: { id }, repeats: true }),
  );
  if (post !== null) toast(t("It is published within seconds."));
  return post;
}

/** Cancels it, and offers to have it back. */
export async function cancel(post: PostBody): Promise<PostBody | null> {
  const { id } = post;
  const restore = () =>
    told(() => call("post", "/posts/{id}/restore", { path: { id }, repeats: true }));
  const cancelled = await told(async () => {
    await call("delete", "/posts/{id}", { path: { id } });
    return { ...post, state: "deleted" };
  });
  if (cancelled !== null) {
    toast(t("It will not be published."), { action: t("Undo"), onAction: () => void restore() });
  }
  return cancelled;
}

async function told(act: () => Promise<PostBody>): Promise<PostBody | null> {
  try {
    return rememberOwn(await act());
  } catch (error) {
    toast(sentence(error), { isError: true });
    return null;
  }
}

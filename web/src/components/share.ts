import type { PostBody } from "../api.ts";
import { t } from "../language.ts";
import { toast } from "../toasts.ts";

/** Hands a post's link to the device's own sharing, or copies it. */
export async function share(post: PostBody): Promise<void> {
  const url = `${window.location.origin}/p/${post.id}`;
  const title = `Post by @${post.author.handle} on Shutterfeed`;
  if ("share" in navigator && matchMedia("(pointer: coarse)").matches) {
    try {
      await navigator.share({ title, url });
      return;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return; // changed their mind
    }
  }
  try {
    await navigator.clipboard.writeText(url);
    toast(t("Link copied."));
  } catch {
    toast(t("The link could not be copied. It is {url}", { url }), { isError: true });
  }
}

import type { PostBody } from "../api.ts";
import { t } from "../language.ts";
import { toast } from "../toasts.ts";

/** Hands a post's link to the device's own sharing, or copies it. */
export function share({ id, author }: PostBody): Promise<void> {
  const title = t("Post by @{handle} on Shutterfeed", { handle: author.handle });
  return shareLink(`${window.location.origin}/p/${id}`, title);
}

/** The same for any link. */
export async function shareLink(url: string, title: string): Promise<void> {
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

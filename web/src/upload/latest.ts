/** A draft as it is now, whichever device it was changed on last. */
import { call } from "../api.ts";
import { Failure, isNotFound } from "../errors.ts";
import { t } from "../language.ts";
import { fetchPost } from "../posts.ts";
import { toast } from "../toasts.ts";
import { withPicture } from "./cropped.ts";
import type { Draft } from "./draft.ts";
import { hasFile } from "./item.ts";
import { keptFiles } from "./kept.ts";
import { EMPTY, itemsOf, type KeptDraft } from "./kept-draft.ts";
import { draftOf, unknownIn } from "./server-draft.ts";

/**
 * What this browser keeps of a draft, together with what the API has of it; each may be missing. "posted" if
 * it was posted elsewhere, "gone" if nothing is left. If the API cannot be asked, it is what is kept here.
 * Raises `Failure` if that is nothing.
 */
export async function latest(
  kept: KeptDraft | null,
  postId: string | null,
): Promise<Draft | "posted" | "gone"> {
  const local = kept && (await draftFrom(kept));
  if (postId === null) return withoutServer(local);
  try {
    const post = await fetchPost(postId);
    if (!post.draft_until) return "posted";
    if (Date.parse(post.draft_until) <= Date.now()) return withoutServer(local);
    const found = draftOf(post, local, await contentsOf(unknownIn(post, local)));
    return { ...found, items: await Promise.all(found.items.map(withPicture)) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (isNotFound(error)) return withoutServer(local);
    if (local === null) throw error;
    return local;
  }
}

/** The SHA-256 of media, as the ledger has them. Raises `Failure`. */
async function contentsOf(mediaIds: readonly string[]): Promise<Map<string, string>> {
  const found = mediaIds.map(async (media_id) => {
    const { upload } = await call("get", "/me/uploads/{media_id}", { path: { media_id } });
    return [media_id, upload.sha256] as const;
  });
  return new Map(await Promise.all(found));
}

/** Says why a draft is not there any more. */
export function sayWhatBecame(end: "posted" | "gone"): void {
  toast(
    end === "posted"
      ? t("This draft was posted from another device.")
      : t("This draft is not there any more."),
  );
}

async function draftFrom(kept: KeptDraft): Promise<Draft> {
  const files = await keptFiles(kept.items.map(({ id }) => id));
  const { isAside: _, keptAt: __, ...said } = kept;
  const items = await Promise.all(itemsOf(kept, files).map(withPicture));
  return { ...EMPTY, ...said, items }; // an older page knew less
}

/** Only what is here is left. */
function withoutServer(local: Draft | null): Draft | "gone" {
  const items = (local?.items ?? []).filter(hasFile);
  return local === null || items.length === 0 ? "gone" : { ...local, items, server: null };
}

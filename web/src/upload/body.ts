import type { CreatePost } from "../api.ts";
import type { Draft } from "./draft.ts";

/** What the API is told of a draft whose files are all known. */
export function bodyOf(draft: Draft): CreatePost {
  return {
    caption: draft.caption,
    place: draft.place,
    taken_at: null,
    sensitive: draft.isSensitive,
    comments_from: draft.commentsFrom,
    publish_at: draft.publishAt === "" ? null : new Date(draft.publishAt).toISOString(),
    media: draft.items.map((item) => ({
      content_type: item.type!,
      bytes: item.file.size,
      sha256: item.sha256!,
      alt_text: item.altText.trim(),
      keep_capture_details: draft.keepsCapture,
      width: item.video?.width ?? null,
      height: item.video?.height ?? null,
      duration_ms: item.video?.durationMs ?? null,
      people: [...item.people],
      crop: item.crop,
    })),
  };
}

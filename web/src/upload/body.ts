import type { ChangeDraft, CreatePost, FileBody } from "../api.ts";
import type { Draft, OnServer } from "./draft.ts";
import type { Item } from "./item.ts";
import { EMPTY } from "./kept-draft.ts";

/** What the API is told of a draft whose files are all known. */
export function bodyOf(draft: Draft): CreatePost {
  return {
    caption: draft.caption,
    place: draft.place,
    taken_at: null,
    sensitive: draft.isSensitive,
    comments_from: draft.commentsFrom,
    publish_at: draft.publishAt === "" ? null : new Date(draft.publishAt).toISOString(),
    draft: false,
    media: draft.items.map((item) => ({ ...fileOf(item), ...saidOf(draft, item) })),
  };
}

/** What posts a draft that the API has already, with all that was said since. */
export function postingOf(draft: Draft, server: OnServer): ChangeDraft {
  const { draft: _, ...said } = bodyOf(draft);
  return {
    ...said,
    publish: true,
    media: draft.items.map((item) => ({ ...mediumOf(item, server), ...saidOf(draft, item) })),
  };
}

/** A medium of a draft: by its id, if the API has it. */
function mediumOf(item: Item, { media }: OnServer) {
  const known = media[item.id];
  return known === undefined ? { file: fileOf(item), id: null } : { file: null, id: known.id };
}

/** A draft of these files, of which nothing is said. */
export function aheadOf(items: readonly Item[]): CreatePost {
  return { ...bodyOf(unsaid(items)), draft: true };
}

/** The same, of a draft that the API has already. */
export function aheadOn(items: readonly Item[], server: OnServer): ChangeDraft {
  return { ...postingOf(unsaid(items), server), publish: false };
}

function unsaid(items: readonly Item[]): Draft {
  return { ...EMPTY, items: items.map((item) => ({ ...item, altText: "", people: [] })) };
}

function fileOf(item: Item): FileBody {
  return {
    content_type: item.type!,
    bytes: item.file.size,
    sha256: item.sha256!,
    width: item.video?.width ?? null,
    height: item.video?.height ?? null,
    duration_ms: item.video?.durationMs ?? null,
    crop: item.crop,
  };
}

function saidOf(draft: Draft, item: Item) {
  return {
    alt_text: item.altText.trim(),
    keep_capture_details: draft.keepsCapture,
    people: [...item.people],
  };
}

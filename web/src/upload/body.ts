import type { ChangeDraft, CreatePost, FileBody } from "../api.ts";
import { Failure } from "../errors.ts";
import { t } from "../language.ts";
import type { Draft, OnServer } from "./draft.ts";
import { hasFile, type Item } from "./item.ts";
import { EMPTY } from "./kept-draft.ts";

/** What the API is told of a draft whose files are all known. */
export function bodyOf(draft: Draft): CreatePost {
  return {
    ...saidOfAll(draft),
    draft: false,
    media: draft.items.map((item) => ({ ...fileOf(item), ...saidOf(draft, item) })),
  };
}

function saidOfAll(draft: Draft) {
  return {
    caption: draft.caption,
    place: draft.place,
    taken_at: draft.takenAt,
    sensitive: draft.isSensitive,
    comments_from: draft.commentsFrom,
    publish_at: draft.publishAt === "" ? null : new Date(draft.publishAt).toISOString(),
  };
}

/** What posts a draft that the API has already, with all that was said since. */
export function postingOf(draft: Draft, server: OnServer): ChangeDraft {
  return {
    ...saidOfAll(draft),
    publish: true,
    media: draft.items.map((item) => ({ ...mediumOf(item, server), ...saidOf(draft, item) })),
  };
}

/** A medium of a draft: by its id, if the API has it. */
function mediumOf(item: Item, { media }: OnServer) {
  const known = media[item.id];
  return known === undefined ? { file: fileOf(item), id: null } : { file: null, id: known.id };
}

/** A draft that the API has not yet. */
export function aheadOf(draft: Draft): CreatePost {
  return { ...bodyOf(draft), publish_at: null, draft: true };
}

/** The same of a draft that the API has already. */
export function aheadOn(draft: Draft, server: OnServer): ChangeDraft {
  return { ...postingOf(draft, server), publish_at: null, publish: false };
}

/** A draft of these files of which nothing is said. */
export function unsaid(items: readonly Item[]): Draft {
  return { ...EMPTY, items: items.map((item) => ({ ...item, altText: "", people: [] })) };
}

/** All that is said of a draft and of its files, as a text to compare. */
export function wordsOf(draft: Draft): string {
  const { caption, place, takenAt, keepsCapture, isSensitive, commentsFrom, items } = draft;
  const ofItems = items
    .map(({ id, altText, people }) => ({ id, altText: altText.trim(), people }))
    .filter(({ altText, people }) => altText !== "" || people.length > 0);
  const given = takenAt === null ? [] : [takenAt]; // as before for what is kept from older pages
  return JSON.stringify([
    ...[caption, place, keepsCapture, isSensitive, commentsFrom, ofItems],
    ...given,
  ]);
}

/** Of a draft of which nothing is said. */
export const NO_WORDS = wordsOf(EMPTY);

function fileOf(item: Item): FileBody {
  if (!hasFile(item)) throw new Failure(t("{name} is not there any more.", { name: item.name }));
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

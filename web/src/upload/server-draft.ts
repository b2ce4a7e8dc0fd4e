/** A draft as the API has it, which may have been begun or changed on another device. */
import type { MediumView, PostBody } from "../api.ts";
import { explained } from "../errors.ts";
import { wordsOf } from "./body.ts";
import type { Draft, OnServer } from "./draft.ts";
import { hasFile, type Item, itemElsewhere } from "./item.ts";
import { EMPTY } from "./kept-draft.ts";
import { isLost } from "./recropped.ts";

/**
 * The draft with what this browser has of it: `local` is as it was kept here, null if it was not. What was
 * changed elsewhere since counts; no text that was written here, and is not there, is lost. `contents` are
 * the SHA-256 of media that are not known here: what was told before a page was closed may not be kept.
 */
export function draftOf(
  post: PostBody,
  local: Draft | null,
  contents: ReadonlyMap<string, string> = new Map(),
): Draft {
  if (local !== null && isUnchanged(post, local)) return asKept(post, local);
  const left = new Set(local?.items ?? []);
  const items = post.media.map((medium, at) => {
    const known = knownOf(medium, local, left, contents);
    if (known !== undefined) left.delete(known);
    return itemOf(medium, at, known);
  });
  const said: Draft = {
    ...EMPTY,
    items,
    caption: post.caption,
    place: post.place,
    takenAt: post.taken_at,
    keepsCapture: post.media.some(({ capture }) => capture !== null),
    isSensitive: post.sensitive,
    commentsFrom: post.comments_from,
  };
  const server: OnServer = {
    postId: post.id,
    media: mediaOf(post, items),
    until: post.draft_until ?? null,
    words: wordsOf(said),
  };
  return local === null ? { ...said, server } : { ...withUnsaid(said, local), server };
}

/** The media of which it has to be found out whether their files are here. */
export function unknownIn(post: PostBody, local: Draft | null): readonly string[] {
  if (local === null || isUnchanged(post, local)) return [];
  const known = new Set(Object.values(local.server?.media ?? {}).map(({ id }) => id));
  return post.media.map(({ id }) => id).filter((id) => !known.has(id));
}

/** Whether it is there as it was last told from here. */
function isUnchanged(post: PostBody, { server }: Draft): boolean {
  return server !== null && server.until === post.draft_until;
}

/** Nobody has changed it elsewhere: only what shows files without a copy here is read again. */
function asKept(post: PostBody, local: Draft): Draft {
  const media = new Map(post.media.map((medium) => [medium.id, medium]));
  const items = local.items.flatMap((item): Item[] => {
    if (hasFile(item)) return [item];
    const medium = media.get(local.server?.media[item.id]?.id ?? "");
    return medium === undefined ? [] : [{ ...item, ...shownBy(medium) }];
  });
  return { ...local, takenAt: local.takenAt ?? post.taken_at, items }; // an older page did not keep it
}

/** The item that a medium is here, by its id or else by its content; undefined if it is none. */
function knownOf(
  { id: mediumId }: MediumView,
  local: Draft | null,
  left: ReadonlySet<Item>,
  contents: ReadonlyMap<string, string>,
): Item | undefined {
  const byId = [...left].find(({ id }) => local?.server?.media[id]?.id === mediumId);
  const content = contents.get(mediumId);
  return byId ?? [...left].find(({ sha256 }) => sha256 !== null && sha256 === content);
}

/** How a photo is cropped is changed where its file is. */
function itemOf(medium: MediumView, at: number, known: Item | undefined): Item {
  const people = medium.people.map(({ user, x, y }) => ({ handle: user.handle, x, y }));
  const said = { altText: medium.alt_text, people };
  if (known !== undefined && hasFile(known)) return { ...known, ...said };
  const crop = medium.crop ?? null;
  return { ...(known ?? itemElsewhere(medium, at + 1)), ...said, crop, ...shownBy(medium) };
}

/** What shows a file that only the service has, and why it cannot be posted. */
function shownBy({ renditions, failure }: MediumView): Pick<Item, "preview" | "problem"> {
  return {
    preview: renditions[0]?.url ?? null,
    problem: failure === null ? null : explained("failure", failure),
  };
}

/** What never came and is here is declared anew. */
function mediaOf(post: PostBody, items: readonly Item[]): OnServer["media"] {
  return Object.fromEntries(
    post.media.flatMap((medium, at) => {
      const { id } = items[at]!;
      const sent = { id: medium.id, crop: medium.crop ?? null };
      return isLost(medium) && hasFile(items[at]!) ? [] : [[id, sent]];
    }),
  );
}

/** With the files that only this browser has, and with what was written here and was not told. */
function withUnsaid(said: Draft, local: Draft): Draft {
  const known = local.server?.media ?? {};
  const isTold = local.server?.words === wordsOf(local);
  const before = new Map(local.items.map((item) => [item.id, item]));
  const items = said.items.map((item) => {
    const { altText = "", people = [] } = before.get(item.id) ?? {};
    return isTold || (altText === "" && people.length === 0) ? item : { ...item, altText, people };
  });
  const shown = new Set(items.map(({ id }) => id));
  const unsent = local.items.filter(
    (item) => known[item.id] === undefined && hasFile(item) && !shown.has(item.id),
  );
  return {
    ...said,
    items: [...items, ...unsent],
    publishAt: local.publishAt,
    ...(isTold
      ? {}
      : {
          caption: joinedTexts(said.caption, local.caption),
          place: local.place ?? said.place,
          keepsCapture: local.keepsCapture,
          isSensitive: local.isSensitive || said.isSensitive,
          commentsFrom: local.commentsFrom ?? said.commentsFrom,
        }),
  };
}

/** Both texts, unless one of them has the other. */
function joinedTexts(there: string, here: string): string {
  if (there.includes(here)) return there;
  return here.includes(there) ? here : `${there}\n${here}`;
}

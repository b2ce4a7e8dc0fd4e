/**
 * Changes to posts that are typed and not saved: kept for as long as the app is open, so that a dialog
 * that closes, by the back button or a press beside it, loses none.
 */
import type { PlaceBody, PostBody } from "./api.ts";
import { person } from "./auth.ts";
import type { Placed } from "./naming/placed.ts";

export interface Edits {
  readonly caption: string;
  /** By the medium's id, and so are `people`. */
  readonly altTexts: Readonly<Record<string, string>>;
  readonly people: Readonly<Record<string, readonly Placed[]>>;
  readonly place: PlaceBody | null;
  readonly isSensitive: boolean;
  readonly commentsFrom: PostBody["comments_from"];
}

/** By the post's id. */
const kept = new Map<string, Edits>();

person.watch(() => kept.clear());

export function hasEdits({ id }: PostBody): boolean {
  return kept.has(id);
}

/** What was changed of the post, or the post as it is. */
export function editsOf(post: PostBody): Edits {
  return kept.get(post.id) ?? asItIs(post);
}

export function keepEdits({ id }: PostBody, edits: Edits): void {
  kept.set(id, edits);
}

/** They are saved, or given up. */
export function forgetEdits({ id }: PostBody): void {
  kept.delete(id);
}

function asItIs(post: PostBody): Edits {
  const people = post.media.map((medium) => [medium.id, peopleIn(medium)] as const);
  return {
    caption: post.caption,
    altTexts: Object.fromEntries(post.media.map((medium) => [medium.id, medium.alt_text])),
    people: Object.fromEntries(people),
    place: post.place,
    isSensitive: post.sensitive,
    commentsFrom: post.comments_from,
  };
}

function peopleIn({ people }: PostBody["media"][number]): Placed[] {
  return people.map(({ user, x, y }) => ({ handle: user.handle, x, y }));
}

/** What the API is told: nothing of what is as it was. */
export function changesOf(post: PostBody, edits: Edits) {
  const before = asItIs(post);
  const described = post.media.filter(({ id, alt_text }) => edits.altTexts[id] !== alt_text);
  const named = post.media.filter(({ id }) => !isSame(edits.people[id] ?? [], before.people[id]!));
  return {
    caption: edits.caption,
    place: edits.place,
    ...(described.length > 0 && {
      alt_texts: Object.fromEntries(described.map(({ id }) => [id, edits.altTexts[id] ?? ""])),
    }),
    ...(named.length > 0 && {
      people: Object.fromEntries(named.map(({ id }) => [id, [...(edits.people[id] ?? [])]])),
    }),
    ...(edits.commentsFrom !== post.comments_from && { comments_from: edits.commentsFrom }),
    ...(edits.isSensitive !== post.sensitive && { sensitive: edits.isSensitive }),
  };
}

function isSame(one: readonly Placed[], other: readonly Placed[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

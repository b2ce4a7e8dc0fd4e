/** The album of a published post while its author changes it: what it will have, and what can be put back. */
import type { Album, ChangeAlbum, FileBody, MediumView } from "../api.ts";
import type { Placed } from "../naming/placed.ts";

/** A photo or video that the post has, or a file that is added to it. */
export interface Entry {
  /** The medium's, or one that the file has here. */
  readonly id: string;
  readonly medium: MediumView | null;
  readonly file: File | null;
  /** An object URL that shows the file. */
  readonly preview: string | null;
  /** What one says of the file. */
  readonly altText: string;
  readonly people: readonly Placed[];
}

export interface AlbumDraft {
  readonly entries: readonly Entry[];
  /** The ids of the album that was there when the change began. */
  readonly seen: readonly string[];
}

/** What the post shows, or what waits to be shown; what failed is left out. */
export function draftOf({ post, coming }: Album): AlbumDraft {
  const media = coming.length > 0 ? coming : post.media;
  return {
    entries: media.filter(({ state }) => state !== "failed").map(entryOf),
    seen: media.map(({ id }) => id),
  };
}

export function entryOf(medium: MediumView): Entry {
  return { id: medium.id, medium, file: null, preview: null, altText: "", people: [] };
}

/** What the post has or had and the draft has not: it can be put back. */
export function leftOut({ post, coming, removed }: Album, { entries }: AlbumDraft): MediumView[] {
  const kept = new Set(entries.map(({ id }) => id));
  const all = [...post.media, ...coming, ...removed.map(({ medium }) => medium)];
  const found = new Map(all.map((medium) => [medium.id, medium]));
  return [...found.values()].filter(({ id, state }) => state !== "failed" && !kept.has(id));
}

/** The draft with something else said of one of its files. */
export function said(
  draft: AlbumDraft,
  id: string,
  to: Partial<Pick<Entry, "altText" | "people">>,
): AlbumDraft {
  const entries = draft.entries.map((entry) => (entry.id === id ? { ...entry, ...to } : entry));
  return { ...draft, entries };
}

export function moved(draft: AlbumDraft, id: string, to: number): AlbumDraft {
  const entries = [...draft.entries];
  const from = entries.findIndex((entry) => entry.id === id);
  if (from < 0) return draft;
  const [entry] = entries.splice(from, 1) as [Entry];
  entries.splice(Math.max(0, Math.min(entries.length, to)), 0, entry);
  return { ...draft, entries };
}

/** Whether saving it changes anything. */
export function isChanged({ entries, seen }: AlbumDraft): boolean {
  return entries.map(({ id }) => id).join() !== seen.join();
}

/** What the API is told; `declared` has what it is told of each file, by the entry's id. */
export function changeOf(
  { entries, seen }: AlbumDraft,
  declared: ReadonlyMap<string, FileBody>,
): ChangeAlbum {
  const media = entries.map(({ id, altText, people }) => {
    const file = declared.get(id);
    if (file === undefined) return { id, file: null };
    const more = { keep_capture_details: false, alt_text: altText.trim(), people: [...people] };
    return { id: null, file: { ...file, ...more } };
  });
  return { media, seen: [...seen] };
}

/** What takes a change back that was saved. */
export function undoOf(draft: AlbumDraft, { post, coming }: Album): ChangeAlbum {
  const now = coming.length > 0 ? coming : post.media;
  return {
    media: draft.seen.map((id) => ({ id, file: null })),
    seen: now.map(({ id }) => id),
  };
}

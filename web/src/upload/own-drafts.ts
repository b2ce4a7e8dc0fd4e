/** One's drafts as they are listed: those that the API has, and those that this browser keeps. */
import type { PostBody } from "../api.ts";
import type { KeptDraft } from "./kept-draft.ts";

export interface DraftRow {
  /** The same for a draft as long as it is listed. */
  readonly key: string;
  /** The place in which this browser keeps it; null if it does not. */
  readonly name: string | null;
  readonly kept: KeptDraft | null;
  /** Null if the API does not have it, or has not told of it yet. */
  readonly post: PostBody | null;
}

/** Those of this browser alone first, the last changed one at the top; then the others in their order. */
export function rowsOf(
  posts: readonly PostBody[],
  kept: ReadonlyMap<string, KeptDraft>,
): readonly DraftRow[] {
  const here = [...kept].map(([name, draft]) => ({ name, draft }));
  const found = posts.map((post): DraftRow => {
    const own = here.find(({ draft }) => draft.server?.postId === post.id);
    return { key: post.id, name: own?.name ?? null, kept: own?.draft ?? null, post };
  });
  const listed = new Set(found.map(({ name }) => name));
  const alone = here
    .filter(({ name }) => !listed.has(name))
    .sort((one, other) => (other.draft.keptAt ?? 0) - (one.draft.keptAt ?? 0))
    .map(({ name, draft }): DraftRow => {
      return { key: draft.server?.postId ?? name, name, kept: draft, post: null };
    });
  return [...alone, ...found];
}

/** What is written of it: here, unless it was changed elsewhere since. */
export function captionOf({ kept, post }: DraftRow): string {
  if (post === null) return kept?.caption ?? "";
  const isNewest = kept?.server?.until === post.draft_until;
  return (isNewest ? kept?.caption : post.caption || kept?.caption) ?? "";
}

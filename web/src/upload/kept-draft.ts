/** A draft as this browser keeps it: without its files, which are kept beside it. */
import type { Draft } from "./draft.ts";
import { type Item, itemWithout, newItem } from "./item.ts";

interface KeptItem
  extends Pick<Item, "id" | "name" | "altText" | "people" | "type" | "video" | "sha256" | "crop"> {
  /** Only the service has its file. */
  readonly isElsewhere: boolean;
}

export interface KeptDraft extends Omit<Draft, "items" | "note" | "refusal"> {
  readonly items: readonly KeptItem[];
  /** It waits among the drafts until somebody asks for it: no new post goes on with it. */
  readonly isAside?: boolean;
  /** When it was kept, in milliseconds since 1970. */
  readonly keptAt?: number;
}

export const EMPTY: Draft = {
  items: [],
  caption: "",
  place: null,
  takenAt: null,
  keepsCapture: false,
  isSensitive: false,
  commentsFrom: null,
  publishAt: "",
  server: null,
  declaring: null,
  note: null,
  refusal: null,
};

export function keptOf({ note: _, refusal: __, items, ...said }: Draft): KeptDraft {
  return {
    ...said,
    items: items.map(({ id, name, file, altText, people, type, video, sha256, crop }) => ({
      id,
      name,
      isElsewhere: file === null,
      altText,
      people,
      type,
      video,
      sha256,
      crop,
    })),
  };
}

/**
 * The items of a kept draft whose files are there or only at the service, in their order; `files` are by
 * their item's id.
 */
export function itemsOf(kept: KeptDraft, files: ReadonlyMap<string, File>): Item[] {
  return kept.items.flatMap(({ isElsewhere, ...item }) => {
    const file = files.get(item.id);
    if (file) return [{ ...newItem(file), ...item, name: file.name }]; // an older page kept no name
    return isElsewhere ? [{ ...itemWithout(item.name), ...item }] : [];
  });
}

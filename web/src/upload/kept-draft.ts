/** A draft as this browser keeps it: without its files, which are kept beside it. */
import type { Draft } from "./draft.ts";
import { type Item, newItem } from "./item.ts";

type KeptItem = Pick<Item, "id" | "altText" | "people" | "type" | "video" | "sha256" | "crop">;

export interface KeptDraft extends Omit<Draft, "items" | "note" | "refusal"> {
  readonly items: readonly KeptItem[];
}

export const EMPTY: Draft = {
  items: [],
  caption: "",
  place: null,
  keepsCapture: false,
  isSensitive: false,
  commentsFrom: null,
  publishAt: "",
  server: null,
  note: null,
  refusal: null,
};

export function keptOf({ note: _, refusal: __, items, ...said }: Draft): KeptDraft {
  return {
    ...said,
    items: items.map(({ id, altText, people, type, video, sha256, crop }) => ({
      id,
      altText,
      people,
      type,
      video,
      sha256,
      crop,
    })),
  };
}

/** The items of a kept draft whose files are there, in their order; `files` are by their item's id. */
export function itemsOf(kept: KeptDraft, files: ReadonlyMap<string, File>): Item[] {
  return kept.items.flatMap((item) => {
    const file = files.get(item.id);
    return file ? [{ ...newItem(file), ...item }] : [];
  });
}

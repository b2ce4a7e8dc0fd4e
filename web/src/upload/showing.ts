/** What shows the files of the draft. */
import { pointWithin, type Rectangle } from "../cropping/rectangle.ts";
import { drawn, partOf, wholeOf } from "./cropped.ts";
import { changeItem, draft } from "./draft.ts";
import { photoProblem, type Size } from "./facts.ts";
import { embeddedPicture } from "./inspect.ts";
import { hasFile, type Item, type LocalItem } from "./item.ts";
import { isVideo } from "./sniff.ts";

/** The object URLs that this browser could not show. */
const lookedInto = new Set<string | null>();

/** Shows another part of a photo; `picture` shows all of it. Whoever is tagged in it stays in place. */
export async function crop(
  item: LocalItem,
  part: Rectangle | null,
  picture: HTMLImageElement,
): Promise<void> {
  const cropped = part && (await drawn(picture, part));
  const people = item.people.map((person) => pointWithin(person, item.crop, part));
  const preview = URL.createObjectURL(cropped ?? wholeOf(item));
  changeItem(item.id, { crop: part, cropped, people, preview });
  if (item.preview !== null) URL.revokeObjectURL(item.preview);
}

/** The browser cannot show what it was given: shows a picture within the file instead, if it has one. */
export async function showInside({ id, preview }: Item): Promise<void> {
  const item = draft.value.items.find((other) => other.id === id);
  if (item === undefined || !hasFile(item)) return;
  if (item.preview !== preview || lookedInto.has(preview)) return;
  lookedInto.add(preview); // it is shown in several places, and each of them says so
  const inside = item.inside === null ? await embeddedPicture(item.file) : null;
  const cropped = inside && item.crop && (await partOf(inside, item.crop));
  const shown = cropped ?? inside;
  const told = { inside: inside ?? "none", cropped } as const;
  changeItem(id, { ...told, preview: shown && URL.createObjectURL(shown) });
}

/** The size of a photo, once it is shown: some are too large for the service. */
export function noteSize(item: Item, size: Size): void {
  if (item.inside === null && !isVideo(item.type ?? "")) {
    const problem = photoProblem(size);
    if (problem !== null) changeItem(item.id, { problem });
  }
}

/** Pictures as they are shown while a post is put together: the part of a photo that will be posted. */
import { type Rectangle, WHOLE } from "../cropping/rectangle.ts";
import { hasFile, type Item, type LocalItem } from "./item.ts";
import { isVideo } from "./sniff.ts";

/** The longer side in pixels: as much as any preview needs. */
const MOST_PIXELS = 1600;
const QUALITY = 0.9;

/** Whether a file can be cropped: a photo that this browser can show. */
export function canBeCropped(item: Item): item is LocalItem {
  const { type, preview, inside } = item;
  const isPhoto = type !== null && !isVideo(type) && type !== "image/gif";
  return hasFile(item) && isPhoto && preview !== null && inside !== "none";
}

/** All of the picture, in a form that the browser can show. */
export function wholeOf({ file, inside }: LocalItem): Blob {
  return inside instanceof Blob ? inside : file;
}

/** The item with a picture of what is shown of it, if it is cropped and the browser can draw it. */
export async function withPicture(item: Item): Promise<Item> {
  if (item.crop === null || !hasFile(item)) return item;
  return { ...item, cropped: await partOf(wholeOf(item), item.crop) };
}

/** What shows the item: the part of it that is posted. */
export function pictureOf(item: LocalItem): Blob {
  return item.cropped ?? wholeOf(item);
}

/** A part of a picture; null if the browser cannot show it. */
export async function partOf(whole: Blob, crop: Rectangle): Promise<Blob | null> {
  const url = URL.createObjectURL(whole);
  const picture = new Image();
  picture.src = url;
  try {
    await picture.decode();
    return await drawn(picture, crop);
  } catch {
    return null; // it may have a picture within it, or is shown as a tile
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A part of a picture that is loaded, on white where it is transparent. */
export function drawn(picture: HTMLImageElement, crop: Rectangle = WHOLE): Promise<Blob | null> {
  const [width, height] = [crop.width * picture.naturalWidth, crop.height * picture.naturalHeight];
  const scale = Math.min(1, MOST_PIXELS / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d")!;
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const [x, y] = [crop.x * picture.naturalWidth, crop.y * picture.naturalHeight];
  context.drawImage(picture, x, y, width, height, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

/** A small picture of a file, to be recognised by after a reload, when the file itself is gone. */

const PIXELS = 96;
const QUALITY = 0.6;

/** As a data URL of some kilobytes; null if the browser cannot show the file. */
export async function smallPicture(file: Blob): Promise<string | null> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { resizeHeight: PIXELS, resizeQuality: "medium" });
  } catch {
    return null; // a video, or a HEIC in most browsers
  }
  const canvas = document.createElement("canvas");
  canvas.width = Math.min(bitmap.width, PIXELS);
  canvas.height = PIXELS;
  canvas.getContext("2d")?.drawImage(bitmap, (canvas.width - bitmap.width) / 2, 0);
  bitmap.close();
  return canvas.toDataURL("image/jpeg", QUALITY);
}

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

const STILL_AT_S = 0.1;
const STILL_MS = 10_000;
const STILL_PIXELS = 640;

/** A picture from the beginning of a video; null if the browser cannot play it. */
export async function stillOf(video: Blob): Promise<Blob | null> {
  const url = URL.createObjectURL(video);
  const player = document.createElement("video");
  try {
    const isThere = await new Promise<boolean>((resolve) => {
      setTimeout(resolve, STILL_MS, false);
      player.onerror = () => resolve(false);
      player.onseeked = () => resolve(true);
      player.muted = true;
      player.playsInline = true; // or an iPhone reads nothing of it
      player.preload = "auto";
      player.onloadedmetadata = () => {
        player.currentTime = STILL_AT_S;
      };
      player.src = url;
    });
    if (!isThere || player.videoWidth === 0) return null;
    const canvas = document.createElement("canvas");
    const scale = Math.min(1, STILL_PIXELS / player.videoWidth);
    canvas.width = Math.round(player.videoWidth * scale);
    canvas.height = Math.round(player.videoHeight * scale);
    canvas.getContext("2d")?.drawImage(player, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg"));
  } finally {
    player.removeAttribute("src");
    URL.revokeObjectURL(url);
  }
}

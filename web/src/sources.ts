/** Which files of a picture a browser chooses from, and by what width. */
import type { MediumView, RenditionBody } from "./api.ts";

/** The feed's column; on a phone it is the screen. `early.js` asks for the first picture by it. */
export const FEED_SIZES =
  "(min-width: 2560px) 840px, (min-width: 1920px) 720px, (min-width: 700px) 600px, 100vw";

interface Sources {
  readonly jpeg: readonly RenditionBody[];
  readonly webp: readonly RenditionBody[];
}

/** The whole picture's: the square one is cropped, for avatars and the like. */
export function sourcesOf({ renditions }: Pick<MediumView, "renditions">): Sources {
  const whole = renditions.filter(({ name }) => name !== "150.jpg");
  return {
    jpeg: whole.filter(({ content_type }) => content_type === "image/jpeg"),
    webp: whole.filter(({ content_type }) => content_type === "image/webp"),
  };
}

export function srcset(
  renditions: readonly RenditionBody[],
  fresh = (url: string): string => url,
): string {
  return renditions.map(({ url, width }) => `${fresh(url)} ${width}w`).join(", ");
}

/** The larger rendition of a photo, for whoever enlarges it: made when it is first asked for. */
import type { RenditionBody, ZoomBody } from "../api.ts";

/** How often one asks for a rendition that is being made, and how long one waits each time. */
const ATTEMPTS = 8;
const PAUSE_MS = 2000;

/**
 * How far one is: `missing` if there is none, or none came in time. Then what is shown already stays,
 * and nothing is said, since nobody has asked for anything but to see the picture larger.
 */
export type Sharper = "unasked" | "asked" | "missing" | RenditionBody;

/** Whether a picture is drawn from fewer pixels than the screen would show. `across` is in CSS pixels. */
export function isBlurred(
  renditions: readonly RenditionBody[],
  across: number,
  density: number,
): boolean {
  return across * density > Math.max(...renditions.map(({ width }) => width));
}

/** Asks until it is there; null if it is not there in time, or nobody wants it any more. */
export async function awaitSharper(
  ask: () => Promise<ZoomBody>,
  isWanted: () => boolean,
  pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
): Promise<RenditionBody | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await pause(PAUSE_MS);
    if (!isWanted()) return null;
    const { rendition } = await ask();
    if (rendition !== null) return rendition;
  }
  return null;
}

/** Taps on a picture, with a finger or a mouse. */
import { DOUBLE_TAP } from "../looking.ts";

/** Two taps this close to each other in time and place are a double tap. */
const DOUBLE_MS = 300;
const DOUBLE_PX = 30;

/**
 * Calls `onSingle` for each tap on a picture that stays alone, and sends `DOUBLE_TAP` from its holder for two.
 * What lies on the picture, such as a video's controls, keeps its own taps. Call what is returned to end that.
 */
export function watchTaps(holder: HTMLElement, onSingle: () => void): () => void {
  let last: { at: number; x: number; y: number } | null = null;
  let single: ReturnType<typeof setTimeout> | undefined;

  const onClick = (event: MouseEvent) => {
    if ((event.target as Element).closest("a, button, video[controls]") !== null) return;
    clearTimeout(single);
    const { timeStamp: at, clientX: x, clientY: y } = event;
    const isDouble =
      last !== null && at - last.at < DOUBLE_MS && Math.hypot(x - last.x, y - last.y) < DOUBLE_PX;
    if (isDouble) {
      last = null;
      holder.dispatchEvent(new Event(DOUBLE_TAP, { bubbles: true }));
      return;
    }
    last = { at, x, y };
    single = setTimeout(onSingle, DOUBLE_MS);
  };
  holder.addEventListener("click", onClick);
  return () => {
    clearTimeout(single);
    holder.removeEventListener("click", onClick);
  };
}

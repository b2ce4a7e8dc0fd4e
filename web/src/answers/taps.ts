/** Taps on a post's pictures, with a finger or a mouse. */

/** Two taps this close to each other in time and place are a double tap. */
const DOUBLE_MS = 300;
const DOUBLE_PX = 30;

/**
 * Calls `onDouble` for each double tap on a picture, with what holds it: its slide in an album, which
 * scrolls with it, or its stage. Presses the button that
 * shows who is in the picture for a single one. What lies on the picture, such as a video's controls
 * or the cover of a sensitive post, keeps its own taps. Call what is returned to end that.
 */
export function watchTaps(article: HTMLElement, onDouble: (holder: Element) => void): () => void {
  let last: { at: number; x: number; y: number } | null = null;
  let single: ReturnType<typeof setTimeout> | undefined;

  const onClick = (event: MouseEvent) => {
    const target = event.target as Element;
    const stage = target.closest(".stage:not(.cover)");
    if (stage === null || target.closest("a, button, video[controls]") !== null) return;
    clearTimeout(single);
    const { timeStamp: at, clientX: x, clientY: y } = event;
    const isDouble =
      last !== null && at - last.at < DOUBLE_MS && Math.hypot(x - last.x, y - last.y) < DOUBLE_PX;
    if (isDouble) {
      last = null;
      onDouble(target.closest(".slide") ?? stage);
      return;
    }
    last = { at, x, y };
    const people = target.closest(".slide-box")?.querySelector<HTMLElement>(".people-button");
    if (people) single = setTimeout(() => people.click(), DOUBLE_MS);
  };
  article.addEventListener("click", onClick);
  return () => {
    clearTimeout(single);
    article.removeEventListener("click", onClick);
  };
}

/** After the page was loaded again: back to the post that one was looking at, once its list has come so far. */
import { entry } from "../layers.ts";

/** Whoever does anything meanwhile is where they want to be. */
const ENDS = ["wheel", "touchstart", "pointerdown", "keydown"] as const;
const PATIENCE_MS = 15_000;

/** Call once, when the page is first shown. */
export function scrollBack(): void {
  const { scroll = 0, post, top = 0 } = entry() ?? {};
  if (scroll <= 0) return;
  const ended = new AbortController();
  const watcher = new ResizeObserver(() => {
    const found = post && document.querySelector(`[data-post="${post}"]`);
    // To the end of what is there, so that a list goes on.
    const to = found ? window.scrollY + found.getBoundingClientRect().top - top : scroll;
    window.scrollTo({ top: to, behavior: "instant" });
    if (Math.abs(window.scrollY - to) < 1 && (found || !post)) ended.abort();
  });
  const { signal } = ended;
  signal.addEventListener("abort", () => watcher.disconnect());
  for (const kind of ENDS) window.addEventListener(kind, () => ended.abort(), { signal });
  setTimeout(() => ended.abort(), PATIENCE_MS);
  watcher.observe(document.body);
}

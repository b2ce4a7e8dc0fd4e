/** Where on a page one was, for when what vanished from it comes back. */
import { location } from "./router.ts";

/**
 * Remembers where on the page one is, before posts vanish from it. Call what is returned once they are back:
 * it leads there again, unless one has gone to another page.
 */
export function positionKept(): () => void {
  const { key } = location.value;
  const top = window.scrollY;
  return () => {
    if (location.value.key !== key) return;
    // Once the posts have their height again.
    requestAnimationFrame(() => window.scrollTo({ top, behavior: "instant" }));
  };
}

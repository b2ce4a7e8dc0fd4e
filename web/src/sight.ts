/**
 * Tells how an element stands in what is seen, now and whenever that changes. Returns what ends it.
 *
 * Browsers tell several changes at once where a page was busy, the last of them being true now: to look at
 * the first left a long list waiting at its end for ever.
 */
export function watchSight(
  element: Element,
  options: IntersectionObserverInit,
  tell: (now: IntersectionObserverEntry) => void,
): () => void {
  const watcher = new IntersectionObserver((entries) => tell(entries.at(-1)!), options);
  watcher.observe(element);
  return () => watcher.disconnect();
}

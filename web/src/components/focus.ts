/** Where the focus goes when what had it is gone: never to nowhere. */

/** Gives the focus to an entry of a list or a heading, which have it for no other reason. */
export function focusOn(element: Element): void {
  if (!(element instanceof HTMLElement)) return;
  if (!element.matches("a[href], button, [tabindex]")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest" });
}

/**
 * Call before an entry may leave its list, and what is returned afterwards. If the focus is lost by
 * then, it goes to the entry if that has stayed, or to the next one, the one before, or the heading.
 */
export function keepFocusNear(entry: Element): () => void {
  const heading = entry.closest("section, .page")?.querySelector("h1, h2");
  const near = [entry, entry.nextElementSibling, entry.previousElementSibling, heading];
  return () => {
    requestAnimationFrame(() => {
      const active = document.activeElement;
      const isLost = active === null || active === document.body;
      const target = near.find((element) => element?.isConnected);
      if (isLost && target) focusOn(target);
    });
  };
}

/** Gives the focus to the page's heading if what had it, or led to a dialog, has left the page. */
export function keepFocusOnPage(): void {
  requestAnimationFrame(() => {
    const active = document.activeElement;
    if (active !== null && active !== document.body) return;
    document.querySelector("h1")?.focus({ preventScroll: true });
  });
}

/**
 * Calls `close` for a list below a field that has lost the focus. If a press elsewhere is why, that press comes
 * to its end first: without the list, the button under the pointer would be somewhere else.
 */
export function onceLetGo(close: () => void): void {
  if (document.querySelector(":active") === null) close();
  else window.addEventListener("pointerup", () => setTimeout(close), { once: true });
}

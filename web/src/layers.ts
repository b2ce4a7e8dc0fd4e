/**
 * What is open on top of a page. Each layer has an entry of its own in the browser's history, so
 * that going back closes it and leaves the page where it is.
 *
 *     /search          one visit: one key
 *     /search, 1       a dialog is open
 *     /search, 2       another one on top of it
 */

export interface Entry {
  /** The visit that the entry belongs to. */
  readonly key: number;
  /** Layers that are open there; none if left out. */
  readonly layers?: number;
  /** Where on the page one was, in pixels. */
  readonly scroll?: number;
  /** The post that was in view then, and where its upper edge was in the window. */
  readonly post?: string;
  readonly top?: number;
}

/** What asks each open layer to close, the lowest first. */
const open: (() => void)[] = [];
/** Layers that have closed by themselves and whose entries are still to be taken back. */
let tidying: ReturnType<typeof setTimeout> | undefined;
/** On the way back over such entries. */
let isReturning = false;
/** The page is being loaded again, which going back would cancel. */
let isLeaving = false;

export function entry(): Entry | null {
  return history.state as Entry | null;
}

/** Asks `close` to close the layer when one goes back. Call what is returned once it is closed. */
export function openLayer(close: () => void): () => void {
  clearTimeout(tidying);
  open.push(close);
  if (!isReturning) addEntry();
  return () => {
    const index = open.indexOf(close);
    if (index < 0) return; // it was gone back from
    open.splice(index, 1);
    clearTimeout(tidying);
    tidying = setTimeout(tidy); // not at once: what closed it may lead to another page
  };
}

/**
 * Closes the layers that an entry one has arrived at does not have. False if the entry belongs to
 * another visit than `key`, which is then to be shown.
 */
export function closeAbove(arrived: Entry | null, key: number): boolean {
  const isSameVisit = arrived?.key === key;
  if (isReturning && isSameVisit) {
    isReturning = false;
    addEntry(); // of what was opened meanwhile
    return true;
  }
  const wanted = isSameVisit ? (arrived.layers ?? 0) : 0;
  while (open.length > wanted) open.pop()!();
  if (isSameVisit && wanted > open.length) tidy(); // forward to what is closed
  return isSameVisit;
}

/** Whether the present entry is a layer's: a page that one goes to takes its place. */
export function isOnLayer(): boolean {
  clearTimeout(tidying);
  return layersHere() > 0;
}

/** Loads the page again, whatever layer closes at the same time. */
export function reload(): void {
  isLeaving = true;
  window.location.reload();
}

function tidy(): void {
  if (isLeaving) return;
  const extra = layersHere() - open.length;
  if (extra <= 0) return;
  isReturning = true;
  history.go(-extra);
}

/** A dialog that takes the place of another has its entry already. */
function addEntry(): void {
  if (layersHere() >= open.length) return;
  history.replaceState({ ...entry(), scroll: window.scrollY }, "");
  history.pushState({ ...entry(), layers: open.length }, "");
}

function layersHere(): number {
  return entry()?.layers ?? 0;
}

/** Keys without a modifier that do something on a page, such as L for a like. */

/**
 * Whether a key is not for the page: somebody writes, a dialog is open in front of it, or the key is
 * held down, alone or with others.
 */
export function isMeantOtherwise(event: KeyboardEvent): boolean {
  const { target, ctrlKey, metaKey, altKey } = event;
  const isWriting = (target as Element).closest("input, textarea, select") !== null;
  const isBehind = document.querySelector("dialog[open]") !== null;
  return isWriting || isBehind || ctrlKey || metaKey || altKey || event.repeat;
}

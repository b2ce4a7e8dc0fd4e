/** Keys without a modifier that do something on a page, such as L for a like. */
import { Store } from "./store.ts";

const OFF_KEY = "shutterfeed.keysOff";

/** Whoever speaks to their computer turns them off: each word would be keys. */
export const areKeysOn = new Store(localStorage.getItem(OFF_KEY) === null);

/** Whether the list of all keys is open. */
export const areKeysTold = new Store(false);

export function setKeys(isOn: boolean): void {
  if (isOn) localStorage.removeItem(OFF_KEY);
  else localStorage.setItem(OFF_KEY, "");
  areKeysOn.set(isOn);
}

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

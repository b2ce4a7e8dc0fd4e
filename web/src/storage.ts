/** What this browser keeps between visits. Nothing that is kept this way is needed to go on. */

/** False if there is no room for it; the value from before then stays. */
export function keep(key: string, value: string): boolean {
  try {
    localStorage.setItem(key, value);
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === "QuotaExceededError") return false;
    throw error;
  }
}

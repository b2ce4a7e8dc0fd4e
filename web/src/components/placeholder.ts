import { thumbHashToDataURL } from "thumbhash";

const made = new Map<string, string>();
const MAX_KEPT = 300;

/** A blurred picture of some thirty bytes as a CSS image: shown until the real one has come. */
export function placeholderUrl(thumbHash: string | null | undefined): string {
  if (!thumbHash) return "none";
  let url = made.get(thumbHash);
  if (url === undefined) {
    const bytes = Uint8Array.from(atob(thumbHash), (character) => character.charCodeAt(0));
    url = `url(${thumbHashToDataURL(bytes)})`;
    made.set(thumbHash, url);
    const [oldest] = made.keys();
    if (made.size > MAX_KEPT && oldest !== undefined) made.delete(oldest);
  }
  return url;
}

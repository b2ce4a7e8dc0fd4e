/** The addresses of the pages of hashtags and places. */

const NAMED = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

export function tagAddress(tag: string): string {
  return `/tags/${encodeURIComponent(tag)}`;
}

/** Null for a name without letters, digits and emoji: such a place has no page. */
export function placeAddress(name: string): string | null {
  // What would be a part of the address itself; the service takes no notice of it in names.
  const text = name.replace(/[/\\.]+/g, " ").trim();
  return NAMED.test(text) ? `/places/${encodeURIComponent(text)}` : null;
}

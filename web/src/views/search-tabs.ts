/** The kinds of results, and where each is. */

export const TABS = [
  ["all", "All"],
  ["users", "People"],
  ["posts", "Posts"],
  ["hashtags", "Tags"],
] as const;
export type Tab = (typeof TABS)[number][0];

export function searchAddress(asked: string, tab: Tab): string {
  return `/search?${new URLSearchParams({ q: asked, ...(tab !== "all" && { type: tab }) })}`;
}

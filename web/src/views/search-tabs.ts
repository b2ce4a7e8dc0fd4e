/** The kinds of results, and where each is. */

import { t } from "../language.ts";

export const TABS = [
  ["all", t("All")],
  ["users", t("People")],
  ["posts", t("Posts")],
  ["hashtags", t("Tags")],
] as const;
export type Tab = (typeof TABS)[number][0];

export function searchAddress(asked: string, tab: Tab): string {
  return `/search?${new URLSearchParams({ q: asked, ...(tab !== "all" && { type: tab }) })}`;
}

/** Which of somebody's posts a profile shows: all, those with a video, or those up to a month. */
import { call, type PostBody } from "../api.ts";
import { List } from "../lists.ts";
import { readPage } from "../posts.ts";

const LIMIT = 30;
/** Of many, few may be shown. */
const FILTERED_LIMIT = 100;

export interface Shown {
  readonly videos: boolean;
  /** A month such as "2026-05", with which the list begins; null: with the newest post. */
  readonly until: string | null;
}

/** What an address asks for; what it asks for wrongly counts as not asked. */
export function shownBy(query: URLSearchParams): Shown {
  const until = query.get("until") ?? "";
  return {
    videos: query.get("show") === "videos",
    until: /^[1-9]\d{3}-(0[1-9]|1[0-2])$/.test(until) ? until : null,
  };
}

export function hasVideo({ media }: PostBody): boolean {
  return media.some(({ clip }) => clip !== null);
}

/** The first moment after a month, where one is. */
export function endOf(month: string): Date {
  const [year, number] = month.split("-").map(Number);
  return new Date(year!, number!, 1);
}

/** The months from now back to the one of a moment, newest first. */
export function monthsSince(moment: string, now = new Date()): string[] {
  const first = startOf(new Date(moment));
  const months: string[] = [];
  for (const month = startOf(now); month >= first; month.setMonth(month.getMonth() - 1))
    months.push(`${month.getFullYear()}-${String(month.getMonth() + 1).padStart(2, "0")}`);
  return months;
}

function startOf(day: Date): Date {
  return new Date(day.getFullYear(), day.getMonth(), 1);
}

export function postsOf(handle: string, shown: Shown): List<PostBody> {
  return new List(
    (cursor) => postPage(handle, shown, cursor),
    (post) => post.id,
  );
}

export function postPage(handle: string, { videos, until }: Shown, cursor?: string) {
  const query = {
    limit: videos ? FILTERED_LIMIT : LIMIT,
    ...(until !== null && { before: endOf(until).toISOString() }),
    ...(cursor !== undefined && { cursor }),
  };
  return readPage(() => call("get", "/users/{handle}/posts", { path: { handle }, query }));
}

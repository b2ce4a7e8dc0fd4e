/** Notices in words: who has done what, and where it leads. */

import type { ActivityGroup } from "../api.ts";
import { counted, locale, t } from "../language.ts";

type Person = { handle: string; display_name: string };

/** How many people are named before the rest are counted. */
const NAMED = 3;

/** "Ann", "Ann and Ben", "Ann, Ben, and Cem", "Ann, Ben, and 8 others". */
export function names(users: readonly Person[], count: number): string {
  const all = users.map(({ display_name: name, handle }) =>
    name ? t("{name}", { name }) : t("@{handle}", { handle }),
  );
  if (all.length === 0) return counted(count, "Somebody", "{count} people");
  const isWhole = count <= all.length;
  const named = isWhole ? all.slice(0, NAMED) : all.slice(0, NAMED - 1);
  const others = count - named.length;
  if (!isWhole) named.push(counted(others, "{count} other", "{count} others"));
  return new Intl.ListFormat(locale).format(named);
}

type Told = Pick<ActivityGroup, "kind" | "users" | "count" | "comment">;

export function sentenceOf({ kind, users, count, comment }: Told): string {
  const who = { who: names(users, count) };
  // The number of people is not told, but other languages have another verb for one than for many.
  const told: Record<ActivityGroup["kind"], () => string> = {
    like: () => counted(count, "{who} liked your post", "{who} liked your post", who),
    comment: () =>
      counted(count, "{who} commented on your post", "{who} commented on your post", who),
    reply: () =>
      counted(count, "{who} replied to your comment", "{who} replied to your comment", who),
    mention: () =>
      comment === null
        ? counted(count, "{who} mentioned you in a post", "{who} mentioned you in a post", who)
        : counted(
            count,
            "{who} mentioned you in a comment",
            "{who} mentioned you in a comment",
            who,
          ),
    tag: () =>
      counted(count, "{who} tagged you in a picture", "{who} tagged you in a picture", who),
    comment_like: () => counted(count, "{who} liked your comment", "{who} liked your comment", who),
    follow: () => counted(count, "{who} started to follow you", "{who} started to follow you", who),
    follow_request: () =>
      counted(count, "{who} asked to follow you", "{who} asked to follow you", who),
    request_accepted: () =>
      counted(count, "{who} accepted your request", "{who} accepted your request", who),
    upload_failed: () => t("A file of yours could not be posted"),
    published_late: () => t("Your scheduled post was published later than planned"),
    report_decided: () => t("A moderator has decided about what you have reported"),
    statement: () => t("A moderator has decided about something of yours"),
  };
  return told[kind]();
}

type Leading = Pick<ActivityGroup, "kind" | "users" | "count"> & {
  post: { id: string } | null;
  comment: { id: string; post_id: string } | null;
};

/** The address of what a notice is about. */
export function addressOf({ kind, users, count, post, comment }: Leading): string {
  if (comment !== null) return `/p/${comment.post_id}?comment=${comment.id}`;
  if (post !== null) return `/p/${post.id}`;
  if (kind === "follow_request") return "/requests";
  if (kind === "upload_failed") return "/uploads";
  if (kind === "report_decided") return "/settings/reports";
  if (kind === "statement") return "/settings/decisions";
  const [first] = users;
  return count === 1 && first !== undefined ? `/u/${first.handle}` : "/me";
}

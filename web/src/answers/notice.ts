/** Notices in words: who has done what, and where it leads. */
import type { ActivityGroup } from "../api.ts";

type Person = { handle: string; display_name: string };

/** How many people are named before the rest are counted. */
const NAMED = 3;

/** "Ann", "Ann and Ben", "Ann, Ben and Cem", "Ann, Ben and 8 others". */
export function names(users: readonly Person[], count: number): string {
  const all = users.map(({ display_name, handle }) => display_name || `@${handle}`);
  if (all.length === 0) return count === 1 ? "Somebody" : `${count} people`;
  const isWhole = count <= all.length;
  const named = isWhole ? all.slice(0, NAMED) : all.slice(0, NAMED - 1);
  const others = count - named.length;
  const last = isWhole ? named.pop()! : `${others} ${others === 1 ? "other" : "others"}`;
  return named.length === 0 ? last : `${named.join(", ")} and ${last}`;
}

type Told = Pick<ActivityGroup, "kind" | "users" | "count" | "comment">;

export function sentenceOf({ kind, users, count, comment }: Told): string {
  const who = names(users, count);
  const where = comment === null ? "a post" : "a comment";
  const told: Record<ActivityGroup["kind"], string> = {
    like: `${who} liked your post`,
    comment: `${who} commented on your post`,
    reply: `${who} replied to your comment`,
    mention: `${who} mentioned you in ${where}`,
    tag: `${who} tagged you in a picture`,
    comment_like: `${who} liked your comment`,
    follow: `${who} started to follow you`,
    follow_request: `${who} asked to follow you`,
    request_accepted: `${who} accepted your request`,
    upload_failed: "A file of yours could not be posted",
    report_decided: "A moderator has decided about what you have reported",
    statement: "A moderator has decided about something of yours",
  };
  return told[kind];
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

/** Which view is shown for which path. */
import type { ComponentType } from "preact";
import { lazy } from "./lazy.tsx";
import { match } from "./paths.ts";
import { FeedView } from "./views/feed.tsx";

type View = ComponentType<Record<string, string>>;

/** The file of all views but the feed. */
export const views = () => import("./views/all.ts");
const view = (
  name: Exclude<
    keyof Awaited<ReturnType<typeof views>>,
    "PendingPosts" | "PostMenu" | "PublicFrame" | "SignInAgain" | "Suggested"
  >,
): View => lazy<Record<string, string>>(() => views().then((module) => module[name] as View));

/** The feed is the first screen; all else comes with the first step away from it. */
export const ROUTES: readonly (readonly [string, View])[] = [
  ["/", FeedView],
  ["/me", view("MeView")],
  ["/u/:handle", view("ProfileView")],
  ["/u/:handle/followers", view("FollowersView")],
  ["/u/:handle/following", view("FollowingView")],
  ["/p/:id", view("PostView")],
  ["/p/:id/likes", view("LikersView")],
  ["/activity", view("ActivityView")],
  ["/liked", view("LikedView")],
  ["/saved", view("SavedView")],
  ["/saved/:id", view("CollectionView")],
  ["/tagged", view("TaggedView")],
  ["/comments", view("OwnCommentsView")],
  ["/search", view("SearchView")],
  ["/tags/:tag", view("TagView")],
  ["/uploads", view("UploadsView")],
  ["/deleted", view("DeletedView")],
  ["/settings", view("SettingsView")],
  ["/settings/security", view("SecurityView")],
  ["/settings/privacy", view("PrivacyView")],
  ["/settings/answers", view("AnswersView")],
  ["/settings/held", view("HeldCommentsView")],
  ["/settings/hashtags", view("HashtagsView")],
  ["/settings/blocked", view("BlockedView")],
  ["/settings/muted", view("MutedView")],
  ["/requests", view("RequestsView")],
];
/** What everybody may see, also who is not signed in. */
export const PUBLIC_ROUTES: readonly (readonly [string, View])[] = [
  ["/p/:id", view("PostView")],
  ["/u/:handle", view("PublicProfileView")],
  ["/tags/:tag", view("TagView")],
];

/** The view of a path, with the values of its variable parts; null if no route has it. */
export function findView(
  routes: readonly (readonly [string, View])[],
  path: string,
): [View, Record<string, string>] | null {
  for (const [pattern, shown] of routes) {
    const values = match(pattern, path);
    if (values !== null) return [shown, values];
  }
  return null;
}

/** Which view is shown for which path. Most of them come in one file; the feed is the first screen. */
import type { ComponentType } from "preact";
import { lazy } from "./lazy.tsx";
import { match } from "./match.ts";
import { ActivityView } from "./views/activity.tsx";
import { AnswersView } from "./views/answers.tsx";
import { HeldCommentsView, OwnCommentsView } from "./views/comments.tsx";
import { DeletedView } from "./views/deleted.tsx";
import { EditProfileView } from "./views/edit-profile.tsx";
import { HashtagsView } from "./views/hashtags.tsx";
import { BlockedView, MutedView } from "./views/hidden-people.tsx";
import { LikedView, LikersView } from "./views/likes.tsx";
import { FollowersView, FollowingView } from "./views/people.tsx";
import { PostView } from "./views/post.tsx";
import { PrivacyView } from "./views/privacy.tsx";
import { MeView, ProfileView } from "./views/profile.tsx";
import { PublicProfileView } from "./views/public-profile.tsx";
import { RequestsView } from "./views/requests.tsx";
import { CollectionView, SavedView } from "./views/saved.tsx";
import { ExploreView, PublicExploreView, SearchView } from "./views/search.tsx";
import { SecurityView } from "./views/security.tsx";
import { SessionsView } from "./views/sessions.tsx";
import { SettingsView } from "./views/settings.tsx";
import { TaggedView } from "./views/tagged.tsx";
import { PlaceView, TagView } from "./views/topic.tsx";
import { UploadsView } from "./views/uploads.tsx";

type View = ComponentType<Record<string, string>>;
type Routes = readonly (readonly [string, View])[];

const welcome = () => import("./welcome/all.ts");
const safety = () => import("./safety/all.ts");
const uploading = () => import("./upload/all.ts");
const scheduled = () => import("./scheduled/all.ts");
const desk = () => import("./console/all.ts");

export const ROUTES: Routes = [
  ["/welcome", lazy(welcome, "NameView")],
  ["/welcome/picture", lazy(welcome, "PictureView")],
  ["/welcome/people", lazy(welcome, "PeopleView")],
  ["/me", MeView],
  ["/u/:handle", ProfileView],
  ["/u/:handle/followers", FollowersView],
  ["/u/:handle/following", FollowingView],
  ["/p/:id", PostView],
  ["/p/:id/likes", LikersView],
  ["/activity", ActivityView],
  ["/liked", LikedView],
  ["/saved", SavedView],
  ["/saved/:id", CollectionView],
  ["/tagged", TaggedView],
  ["/comments", OwnCommentsView],
  ["/explore", ExploreView],
  ["/search", SearchView],
  ["/tags/:tag", TagView],
  ["/places/:place", PlaceView],
  ["/uploads", UploadsView],
  ["/drafts", lazy(uploading, "DraftsView")],
  ["/scheduled", lazy(scheduled, "ScheduledView")],
  ["/deleted", DeletedView],
  ["/settings", SettingsView],
  ["/settings/profile", EditProfileView],
  ["/settings/security", SecurityView],
  ["/settings/sessions", SessionsView],
  ["/settings/privacy", PrivacyView],
  ["/settings/answers", AnswersView],
  ["/settings/held", HeldCommentsView],
  ["/settings/hashtags", HashtagsView],
  ["/settings/blocked", BlockedView],
  ["/settings/muted", MutedView],
  ["/settings/reports", lazy(safety, "ReportsView")],
  ["/settings/decisions", lazy(safety, "StatementsView")],
  ["/settings/export", lazy(safety, "ExportView")],
  ["/settings/close", lazy(safety, "CloseAccountView")],
  ["/requests", RequestsView],
  ["/moderation", lazy(desk, "ReportQueueView")],
  ["/moderation/appeals", lazy(desk, "AppealQueueView")],
  ["/moderation/statistics", lazy(desk, "StatisticsView")],
  ["/moderation/log", lazy(desk, "LogView")],
  ["/moderation/cases/:id", lazy(desk, "CaseView")],
];
/** What everybody may see, also who is not signed in: `isPublic` knows their paths. */
export const PUBLIC_ROUTES: Routes = [
  ["/p/:id", PostView],
  ["/u/:handle", PublicProfileView],
  ["/explore", PublicExploreView],
  ["/tags/:tag", TagView],
  ["/places/:place", PlaceView],
];

/** The view of a path, with the values of its variable parts; null if no route has it. */
export function findView(routes: Routes, path: string): [View, Record<string, string>] | null {
  for (const [pattern, shown] of routes) {
    const values = match(pattern, path);
    if (values !== null) return [shown, values];
  }
  return null;
}

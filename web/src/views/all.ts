/** Every view but the first screen's: one file to fetch with the first step away from it. */
export { PostMenu } from "../components/post-menu.tsx";
export { DeletedView } from "./deleted.tsx";
export { BlockedView, MutedView } from "./hidden-people.tsx";
export { FollowersView, FollowingView } from "./people.tsx";
export { PostView } from "./post.tsx";
export { PrivacyView } from "./privacy.tsx";
export { MeView, ProfileView } from "./profile.tsx";
export { PublicFrame } from "./public.tsx";
export { PublicProfileView } from "./public-profile.tsx";
export { RequestsView } from "./requests.tsx";
export { SearchView } from "./search.tsx";
export { SecurityView } from "./security.tsx";
export { SettingsView } from "./settings.tsx";
export { SignInAgain, SignInView } from "./sign-in.tsx";
export { Suggested } from "./suggested.tsx";
export { TagView } from "./tag.tsx";
export { UploadsView } from "./uploads.tsx";

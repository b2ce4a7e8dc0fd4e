/** Every page but the first screen, and what else is not needed there: one file to fetch with the first step. */
export { PendingPosts } from "../components/pending-posts.tsx";
export { PostMenu } from "../components/post-menu.tsx";
export { resumePending } from "../following.ts";
export { Inside, Outside } from "../pages.tsx";
export { EmptyFeed } from "./empty-feed.tsx";
export { Suggested } from "./suggested.tsx";

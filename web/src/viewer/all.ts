/** Looking closer and moving on: fetched once the first pictures are there, so that the viewer opens at once. */
export { FeedEnd } from "./feed-end.tsx";
export { NewPosts } from "./new-posts.tsx";
export { PageKeys } from "./page-keys.tsx";
export { Pull } from "./pull.tsx";
export { scrollBack } from "./scroll-back.ts";
export { Viewer } from "./viewer.tsx";

/** What answers the posts of the feed: fetched once the first pictures are there. */
export { Clip } from "../components/clip.tsx";
export { Linked } from "../components/linked.tsx";
export { Actions } from "./actions.tsx";
export { Counting } from "./counting.ts";
export { Look } from "./look.tsx";
export { People } from "./people.tsx";
export { Unready } from "./unready.tsx";

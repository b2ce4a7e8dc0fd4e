/** What the app does so that it works without a network: fetched once the first pictures are there. */
export { keepForOffline } from "./keep.ts";
export { KeptNotice } from "./notice.tsx";

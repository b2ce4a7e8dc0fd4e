/** All that has to do with uploading: one file to fetch when it is first needed. */
// What both need is then in one file with the first screen, which is there already (build.mjs).
import "../main.tsx";

export { uploadAvatar } from "./avatar.ts";
export { Compose } from "./compose.tsx";
export { hashFile } from "./inspect.ts";
export { resume } from "./queue.ts";
export { Tray } from "./tray.tsx";

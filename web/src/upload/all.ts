/** All that has to do with uploading: one file to fetch when it is first needed. */
export { uploadAvatar } from "./avatar.ts";
export { Compose } from "./compose.tsx";
export { hashFile } from "./inspect.ts";
export { resume } from "./queue.ts";
export { replaceFile } from "./replacing.ts";
export { Tray } from "./tray.tsx";

/** All that has to do with uploading: one file to fetch when it is first needed. */
export { AlbumEditor } from "./album.tsx";
export { uploadAvatar } from "./avatar.ts";
export { Compose } from "./compose.tsx";
export { editRefused } from "./draft.ts";
export { DraftsView } from "./drafts-view.tsx";
export { hashFile } from "./inspect.ts";
export { continueWith } from "./matching.ts";
export { discardOutgoing, resumeOutbox } from "./outbox.ts";
export { resume, retryPost } from "./queue.ts";
export { replaceFile } from "./replacing.ts";
export { Tray } from "./tray.tsx";

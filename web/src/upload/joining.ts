/** One post of two drafts. */
import { MAX_MEDIA } from "../../build/limits.ts";
import { counted } from "../language.ts";
import type { Draft, OnServer } from "./draft.ts";
import { hasFile } from "./item.ts";

/** The files of both as far as there is room, and what was said of both. */
export function joined(now: Draft, before: Draft): Draft {
  const all = [...now.items, ...before.items];
  const items = all.slice(0, MAX_MEDIA);
  const said = now.items.length === 0 ? before : saidOfBoth(now, before);
  return { ...said, items, note: noteOf(all.length - items.length) ?? said.note };
}

/** Of two drafts that the API has, the one that is not gone on with; null if it has one at most. */
export function leftOf(now: Draft, before: Draft): OnServer | null {
  if (now.server === null || before.server === null) return null;
  return isBeforeKept(before) ? now.server : before.server;
}

/** Says how many files there was no room for; null for none. */
export function noteOf(left: number): string | null {
  if (left <= 0) return null;
  return counted(
    left,
    "A post can have at most {most} files. {count} file was left out.",
    "A post can have at most {most} files. {count} files were left out.",
    { most: MAX_MEDIA },
  );
}

/** Nothing that was written is lost, and nothing is published earlier or to more people. */
function saidOfBoth(now: Draft, before: Draft): Draft {
  const [first, second] = isBeforeKept(before) ? [before, now] : [now, before];
  const server = first.server ?? second.server;
  return {
    ...now,
    caption: [now.caption, before.caption].filter((text) => text !== "").join("\n"),
    place: now.place ?? before.place,
    takenAt: now.takenAt ?? before.takenAt,
    isSensitive: now.isSensitive || before.isSensitive,
    commentsFrom: now.commentsFrom ?? before.commentsFrom,
    publishAt: now.publishAt || before.publishAt,
    server,
    declaring: server === null ? (now.declaring ?? before.declaring) : null,
  };
}

/** Files that are only there cannot be sent anew. */
function isBeforeKept({ items }: Draft): boolean {
  return !items.every(hasFile);
}

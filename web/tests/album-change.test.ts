import assert from "node:assert/strict";
import { test } from "node:test";
import type { Album } from "../src/api.ts";
import {
  changeOf,
  draftOf,
  entryOf,
  isChanged,
  leftOut,
  moved,
  undoOf,
} from "../src/upload/album-change.ts";

const medium = (id: string, state = "ready") => ({ id, state, content_type: "image/jpeg" });
const album = (fields: object): Album =>
  ({
    post: { media: [medium("one"), medium("two"), medium("three")] },
    coming: [],
    removed: [],
    uploads: [],
    ...fields,
  }) as unknown as Album;
const ids = (all: readonly { id: string }[]) => all.map(({ id }) => id).join();

test("a change begins with what is shown, or with what waits to be shown", () => {
  const shown = draftOf(album({}));
  assert.deepEqual([ids(shown.entries), shown.seen.join()], ["one,two,three", "one,two,three"]);
  assert.equal(isChanged(shown), false);
  const coming = [medium("one"), medium("bad", "failed"), medium("new", "awaiting")];
  const waiting = draftOf(album({ coming }));
  assert.deepEqual([ids(waiting.entries), waiting.seen.join()], ["one,new", "one,bad,new"]);
  assert.equal(isChanged(waiting), true, "what failed is left out");
});

test("an entry moves within the album", () => {
  const draft = draftOf(album({}));
  assert.equal(ids(moved(draft, "three", 0).entries), "three,one,two");
  assert.equal(ids(moved(draft, "one", 9).entries), "two,three,one");
  assert.equal(ids(moved(draft, "none", 0).entries), "one,two,three");
});

test("what is not in the album can be put back, once", () => {
  const removed = [{ medium: medium("old"), until: "2026-04-04T09:00:00Z" }];
  const given = album({ removed });
  const draft = draftOf(given);
  assert.equal(ids(leftOut(given, draft)), "old");
  const fewer = { ...draft, entries: draft.entries.slice(1) };
  assert.equal(ids(leftOut(given, fewer)), "one,old");
  const back = { ...draft, entries: [...draft.entries, entryOf(removed[0]!.medium as never)] };
  assert.equal(ids(leftOut(given, back)), "");
});

test("the API is told of the whole album, and of files what was found out", () => {
  const draft = draftOf(album({}));
  const added = {
    ...{ id: "file", medium: null, file: {} as File, preview: null },
    ...{ altText: " A pier ", people: [{ handle: "ben", x: 0.5, y: 0.5 }] },
  };
  const facts = { content_type: "image/jpeg", bytes: 7, sha256: "00" } as never;
  const change = changeOf(
    { ...draft, entries: [added, draft.entries[1]!] },
    new Map([["file", facts]]),
  );
  assert.deepEqual(change, {
    media: [
      {
        id: null,
        file: {
          content_type: "image/jpeg",
          bytes: 7,
          sha256: "00",
          keep_capture_details: false,
          alt_text: "A pier",
          people: [{ handle: "ben", x: 0.5, y: 0.5 }],
        },
      },
      { id: "two", file: null },
    ],
    seen: ["one", "two", "three"],
  });
});

test("a change is taken back from what it has made", () => {
  const draft = draftOf(album({}));
  const after = album({ post: { media: [medium("two")] } });
  assert.deepEqual(undoOf(draft, after), {
    media: ["one", "two", "three"].map((id) => ({ id, file: null })),
    seen: ["two"],
  });
});

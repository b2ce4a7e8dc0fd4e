/** A draft as the API has it, and as this browser keeps it, are one draft. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PostBody } from "../src/api.ts";
import type { Draft } from "../src/upload/draft.ts";
import { locks, Shelf } from "./browser.ts";

Object.assign(globalThis, {
  window: { addEventListener: () => undefined, location: { pathname: "/", search: "", hash: "" } },
  document: { addEventListener: () => undefined },
  history: { state: null, replaceState: () => undefined },
  localStorage: new Shelf(),
  sessionStorage: new Shelf(),
  BroadcastChannel: class {
    postMessage(): void {}
  },
});
Object.defineProperty(globalThis, "navigator", { value: { languages: [], locks } });

const { aheadOn, wordsOf } = await import("../src/upload/body.ts");
const { newItem } = await import("../src/upload/item.ts");
const { EMPTY } = await import("../src/upload/kept-draft.ts");
const { captionOf, rowsOf } = await import("../src/upload/own-drafts.ts");
const { draftOf, unknownIn } = await import("../src/upload/server-draft.ts");

const medium = (id: string, given: object = {}) => ({
  ...{ id, state: "ready", content_type: "image/jpeg", alt_text: "", people: [], crop: null },
  ...{ capture: null, failure: null, renditions: [{ url: `/media/${id}` }] },
  ...given,
});

const there = (caption: string, until: string, ...media: object[]): PostBody =>
  ({
    ...{
      id: "P",
      state: "draft",
      caption,
      draft_until: until,
      place: null,
      taken_at: null,
      sensitive: false,
    },
    ...{ comments_from: null, media },
  }) as unknown as PostBody;

const lake = {
  ...newItem(new File(["lake"], "lake.jpg")),
  type: "image/jpeg",
  sha256: "00",
} as const;

function here(given: Partial<Draft>, until: string): Draft {
  const draft = { ...EMPTY, items: [lake], ...given };
  const media = { [lake.id]: { id: "M", crop: null } };
  return { ...draft, server: { postId: "P", media, until, words: wordsOf(draft) } };
}

test("a draft of another device is gone on with, and none of its files is sent again", () => {
  const people = [{ user: { handle: "bob" }, x: 0.5, y: 0.25 }];
  const post = there("At the lake", "later", medium("M", { alt_text: "A lake", people }));
  const draft = draftOf(post, null);
  const [item] = draft.items;
  assert.deepEqual([item!.file, item!.preview, item!.altText], [null, "/media/M", "A lake"]);
  assert.equal(draft.caption, "At the lake");
  const { media } = aheadOn(draft, draft.server!);
  assert.deepEqual(media, [
    {
      id: "M",
      file: null,
      alt_text: "A lake",
      keep_capture_details: false,
      people: [{ handle: "bob", x: 0.5, y: 0.25 }],
    },
  ]);
});

test("what another client has said of when it was taken goes back as it came", () => {
  const taken_at = "2024-05-04T10:30:00Z";
  const post = { ...there("", "later", medium("M")), taken_at };
  const draft = draftOf(post, null);
  assert.equal(aheadOn(draft, draft.server!).taken_at, taken_at);
  assert.notEqual(draft.server!.words, wordsOf(EMPTY)); // so it is told again with each file
  const { takenAt: _, ...older } = draft;
  assert.equal(draftOf(post, { ...EMPTY, ...older }).takenAt, taken_at);
  const changed = { ...post, draft_until: "later still", caption: "Changed" };
  assert.equal(draftOf(changed, here({}, "later")).takenAt, taken_at);
});

test("what nobody has changed elsewhere is as it was kept", () => {
  const local = here({ caption: "Written on the train" }, "later");
  const draft = draftOf(there("", "later", medium("M")), {
    ...local,
    caption: "Written on the train, at last",
  });
  assert.equal(draft.caption, "Written on the train, at last");
  assert.equal(draft.items[0]!.file, lake.file);
});

test("what was changed elsewhere counts, with the files that are here", () => {
  const post = there("Changed", "later", medium("N"), medium("M", { alt_text: "A lake" }));
  const draft = draftOf(post, here({ caption: "At the lake" }, "before"));
  assert.equal(draft.caption, "Changed");
  assert.deepEqual(
    draft.items.map(({ file, altText }) => [file?.name ?? null, altText]),
    [
      [null, ""],
      ["lake.jpg", "A lake"],
    ],
  );
  assert.equal(draft.server!.until, "later");
});

test("no text is lost that was written here and was not told", () => {
  const told = here({ caption: "At the lake" }, "before");
  const draft = draftOf(there("Changed", "later", medium("M")), { ...told, caption: "At the sea" });
  assert.equal(draft.caption, "Changed\nAt the sea");
  const same = draftOf(there("At the sea", "later", medium("M")), {
    ...told,
    caption: "At the sea",
  });
  assert.equal(same.caption, "At the sea");
});

test("a file that was chosen here and is not there stays, and one that was removed there goes", () => {
  const sea = { ...newItem(new File(["sea"], "sea.jpg")), sha256: "01" };
  const local = here({}, "before");
  const draft = draftOf(there("", "later", medium("N")), { ...local, items: [lake, sea] });
  assert.deepEqual(
    draft.items.map(({ name }) => name),
    ["Photo 1", "sea.jpg"],
  );
});

test("what this browser has told before it was closed is known by its content, and cropped as here", () => {
  const crop = { x: 0, y: 0, width: 0.5, height: 1 };
  const local = here({ items: [{ ...lake, crop }] }, "before");
  const post = there("", "later", medium("C", { crop }), medium("N"));
  assert.deepEqual(unknownIn(post, local), ["C", "N"]);
  const draft = draftOf(
    post,
    local,
    new Map([
      ["C", "00"],
      ["N", "00"],
    ]),
  );
  assert.deepEqual(
    draft.items.map(({ name, crop: part }) => [name, part]),
    [
      ["lake.jpg", crop],
      ["Photo 2", null],
    ],
  );
  assert.deepEqual(draft.server!.media[lake.id], { id: "C", crop });
  assert.deepEqual(unknownIn(post, { ...local, server: { ...local.server!, until: "later" } }), []);
});

test("a file that never came is sent from here, and cannot be posted from elsewhere", () => {
  const lost = medium("M", {
    state: "failed",
    failure: { code: "never_arrived", message: "It never arrived.", field: null },
    renditions: [],
  });
  const mine = draftOf(there("", "later", lost), here({}, "before"));
  assert.deepEqual([mine.server!.media, mine.items[0]!.problem], [{}, null]);
  const others = draftOf(there("", "later", lost), null);
  assert.equal(others.items[0]!.problem, "It never arrived.");
});

test("each draft is listed once: those of this browser alone first", () => {
  const kept = new Map(
    [here({ caption: "New words" }, "later"), { ...EMPTY, items: [lake], caption: "Alone" }].map(
      (draft, at) => [`slot ${at}`, { ...draft, items: [] }],
    ),
  );
  const posts = [there("", "later", medium("M")), { ...there("Other", "later"), id: "Q" }];
  assert.deepEqual(
    rowsOf(posts, kept).map((row) => [row.key, row.name, captionOf(row)]),
    [
      ["slot 1", "slot 1", "Alone"],
      ["P", "slot 0", "New words"],
      ["Q", null, "Other"],
    ],
  );
});

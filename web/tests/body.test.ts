/** What a post is declared with. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf } from "../src/upload/body.ts";

type Draft = Parameters<typeof bodyOf>[0];

const item = (fields: object) => ({
  file: { size: 7 },
  type: "image/jpeg",
  sha256: "00",
  altText: " A lake ",
  people: [],
  video: null,
  crop: null,
  ...fields,
});
const draft = (fields: object) =>
  ({
    items: [item({})],
    caption: "Hi",
    place: null,
    takenAt: null,
    keepsCapture: false,
    isSensitive: false,
    commentsFrom: null,
    publishAt: "",
    ...fields,
  }) as unknown as Draft;

test("a post is sensitive if its author says so", () => {
  assert.equal(bodyOf(draft({})).sensitive, false);
  assert.equal(bodyOf(draft({ isSensitive: true })).sensitive, true);
});

test("each file is declared by what is known of it", () => {
  const crop = { x: 0, y: 0.25, width: 1, height: 0.5 };
  const clip = { type: "video/mp4", altText: "", video: { width: 4, height: 2, durationMs: 900 } };
  const place = { name: "Lindau", latitude: 47.5, longitude: 9.7 };
  const body = bodyOf(draft({ items: [item({ crop }), item(clip)], keepsCapture: true, place }));
  const known = { bytes: 7, sha256: "00", keep_capture_details: true };
  assert.deepEqual(body, {
    caption: "Hi",
    place,
    taken_at: null,
    sensitive: false,
    comments_from: null,
    publish_at: null,
    draft: false,
    media: [
      {
        ...known,
        content_type: "image/jpeg",
        alt_text: "A lake",
        width: null,
        height: null,
        duration_ms: null,
        people: [],
        crop,
      },
      {
        ...known,
        content_type: "video/mp4",
        alt_text: "",
        width: 4,
        height: 2,
        duration_ms: 900,
        people: [],
        crop: null,
      },
    ],
  });
});

test("whom one has named in a picture is told with where they are", () => {
  const people = [{ handle: "ann", x: 0.25, y: 0.5 }];
  const [first, second] = bodyOf(draft({ items: [item({ people }), item({})] })).media;
  assert.deepEqual([first!.people, second!.people], [people, []]);
});

test("a time by the clock of this device is told as the moment that it is", () => {
  const { publish_at } = bodyOf(draft({ publishAt: "2026-05-04T12:30" }));
  assert.equal(Date.parse(publish_at!), new Date(2026, 4, 4, 12, 30).getTime());
  assert.match(publish_at!, /Z$/);
});

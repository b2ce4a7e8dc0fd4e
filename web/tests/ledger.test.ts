/** One row a post: its files together, as far as the slowest. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { UploadBody } from "../src/api.ts";
import { byPost, stateOfPost } from "../src/ledger.ts";

const file = (post_id: string, media_id: string) => ({ post_id, media_id }) as UploadBody;

test("the files of a post are one row, also if a page ends between them", () => {
  const rows = byPost([file("b", "1"), file("a", "2"), file("a", "3"), file("b", "4")]);
  assert.deepEqual(
    rows.map((files) => files.map(({ media_id }) => media_id)),
    [
      ["1", "4"],
      ["2", "3"],
    ],
  );
  assert.deepEqual(byPost([]), []);
});

test("a post is as far as its slowest file, and what has failed comes first", () => {
  assert.equal(stateOfPost(["ready", "ready"]), "ready");
  assert.equal(stateOfPost(["ready", "processing", "received"]), "received");
  assert.equal(stateOfPost(["sending", "interrupted", "ready"]), "sending");
  assert.equal(stateOfPost(["interrupted", "failed"]), "failed");
});

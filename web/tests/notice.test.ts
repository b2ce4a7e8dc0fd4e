import assert from "node:assert/strict";
import test from "node:test";
import { addressOf, names, sentenceOf } from "../src/answers/notice.ts";
import type { ActivityGroup } from "../src/api.ts";

const user = (handle: string, display_name = ""): ActivityGroup["users"][number] =>
  ({ handle, display_name }) as ActivityGroup["users"][number];
const [ann, ben, cem] = [user("ann", "Ann"), user("ben"), user("cem", "Cem")];

test("up to three people are named, and of more than that, two", () => {
  assert.equal(names([ann], 1), "Ann");
  assert.equal(names([ann, ben], 2), "Ann and @ben");
  assert.equal(names([ann, ben, cem], 3), "Ann, @ben, and Cem");
  assert.equal(names([ann, ben, cem], 4), "Ann, @ben, and 2 others");
  assert.equal(names([ann, ben, cem], 10_000), "Ann, @ben, and 9,998 others");
  // Fewer may be shown than there are: some are hidden from whoever looks.
  assert.equal(names([ann], 2), "Ann and 1 other");
  assert.equal(names([], 1), "Somebody");
  assert.equal(names([], 3), "3 people");
});

test("a mention says where it is", () => {
  const mention = { kind: "mention" as const, users: [ann], count: 1 };
  const comment = { id: "c", post_id: "p" } as ActivityGroup["comment"];
  assert.equal(sentenceOf({ ...mention, comment }), "Ann mentioned you in a comment");
  assert.equal(sentenceOf({ ...mention, comment: null }), "Ann mentioned you in a post");
});

test("a notice leads to what it is about", () => {
  const nothing = { users: [ann], count: 1, post: null, comment: null };
  const post = { id: "p" };
  const comment = { id: "c", post_id: "p" };
  assert.equal(addressOf({ ...nothing, kind: "like", post }), "/p/p");
  assert.equal(addressOf({ ...nothing, kind: "reply", post, comment }), "/p/p?comment=c");
  assert.equal(addressOf({ ...nothing, kind: "follow" }), "/u/ann");
  assert.equal(addressOf({ ...nothing, users: [ann, ben], count: 2, kind: "follow" }), "/me");
  assert.equal(addressOf({ ...nothing, kind: "follow_request" }), "/requests");
  assert.equal(addressOf({ ...nothing, users: [], count: 1, kind: "upload_failed" }), "/uploads");
});

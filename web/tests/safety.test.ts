/** Reports, decisions and exports in words; what is hidden once it is reported. */
import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, {
  window: { addEventListener: () => undefined },
  localStorage: { getItem: () => null },
  sessionStorage: { getItem: () => null },
  BroadcastChannel: class {},
});

const { ApiError } = await import("../src/errors.ts");
const { hideReported, isReported } = await import("../src/reporting.ts");
const { isShown } = await import("../src/relations.ts");
const { learnStanding, standing } = await import("../src/standing.ts");
const { progressOf } = await import("../src/safety/progress.ts");
const { decisionOf, whatFollows } = await import("../src/safety/words.ts");

const author = { id: "01ANN", handle: "ann", display_name: "Ann", avatar: null };

test("what is reported is hidden, and nothing else", () => {
  hideReported({ kind: "post", id: "p", author });
  assert.ok(isReported("post", "p"));
  assert.ok(!isReported("comment", "p"));
  assert.ok(isShown({ author }), "other posts of its author stay");
  hideReported({ kind: "user", id: author.id, author });
  assert.ok(!isShown({ author }), "posts of a reported person are in no list of many people's");
});

test("a refusal says what became of one's account, or nothing of it", () => {
  learnStanding(new ApiError(403, "moderators_only", "Only moderators may do this.", null));
  assert.equal(standing.value, null);
  learnStanding(new ApiError(403, "account_suspended", "Suspended.", null));
  assert.equal(standing.value, "suspended");
  learnStanding(new ApiError(403, "account_closed", "Closed.", null));
  assert.equal(standing.value, "closed");
});

test("an export is as far as its bytes are, never more than whole", () => {
  const nothing = { posts_done: 0, posts_total: 0, bytes_done: 0, bytes_total: 0 };
  assert.equal(progressOf(nothing), 0);
  assert.equal(progressOf({ ...nothing, posts_done: 1, posts_total: 4 }), 0.25);
  assert.equal(progressOf({ posts_done: 9, posts_total: 9, bytes_done: 5, bytes_total: 10 }), 0.5);
  assert.equal(progressOf({ ...nothing, bytes_done: 12, bytes_total: 10 }), 1);
});

test("a decision is told as one about oneself", () => {
  assert.equal(decisionOf({ action: "suspend", kind: "user" }), "Your account was suspended");
  assert.equal(
    decisionOf({ action: "dismiss", kind: "comment" }),
    "Your comment is not against the rules",
  );
  assert.match(decisionOf({ action: "hide_post", kind: "post" }), /^Your post was hidden/);
  assert.match(decisionOf({ action: "hide_post", kind: "user" }), /^Your profile picture was/);
});

test("what follows a closing is told with the days that there are", () => {
  assert.match(whatFollows(30)[0]!, /^For 30 days you can come back/);
  assert.match(whatFollows(30)[1]!, /^After 30 days, all of it is erased/);
  assert.match(whatFollows(1).join(" "), /^For 1 day you .* After 1 day, all/);
  assert.equal(whatFollows(0).length, 1);
  assert.match(whatFollows(0)[0]!, /you cannot come back/);
});

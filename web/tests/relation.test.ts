import assert from "node:assert/strict";
import { test } from "node:test";
import { isMuted, STRANGER } from "../src/relation.ts";
import { BLOCKED, followed, followState, muteEnd, told, UNFOLLOWED } from "../src/relation-acts.ts";

const NOW = Date.parse("2027-05-04T12:00:00Z");

test("a public account is followed, a private one is asked", () => {
  assert.equal(followState(STRANGER), "none");
  assert.equal(followState({ ...STRANGER, ...followed(false) }), "following");
  assert.equal(followState({ ...STRANGER, ...followed(true) }), "requested");
});

test("whoever was accepted follows, whatever was asked before", () => {
  const asked = { ...STRANGER, ...followed(true) };
  assert.equal(followState({ ...asked, followed_by_me: true }), "following");
  assert.equal(followState({ ...asked, ...UNFOLLOWED }), "none");
});

test("a block ends what both followed, and nothing else", () => {
  const friends = { ...STRANGER, followed_by_me: true, follows_me: true, muted_by_me: true };
  assert.deepEqual(
    { ...friends, ...BLOCKED },
    { ...STRANGER, blocked_by_me: true, muted_by_me: true },
  );
});

test("a mute holds for ever, or until it ends", () => {
  assert.equal(isMuted({}, NOW), false);
  assert.equal(isMuted({ muted_by_me: true }, NOW), true);
  assert.equal(isMuted({ muted_by_me: true, muted_until: null }, NOW), true);
  const muted = { muted_by_me: true, muted_until: muteEnd(1, NOW) };
  assert.equal(isMuted(muted, NOW + 86_399_000), true);
  assert.equal(isMuted(muted, NOW + 86_400_000), false);
});

test("a mute ends at a moment as the API takes it", () => {
  assert.equal(muteEnd(null, NOW), null);
  assert.equal(muteEnd(7, NOW), "2027-05-11T12:00:00.000Z");
});

test("what the API tells again does not make a mute for a time one for ever", () => {
  const until = muteEnd(1, NOW);
  const before = { muted_by_me: true, muted_until: until };
  assert.equal(told(before, { ...STRANGER, muted_by_me: true }).muted_until, until);
  assert.deepEqual(told(before, STRANGER), STRANGER);
  assert.deepEqual(told(undefined, { ...STRANGER, muted_by_me: true }), {
    ...STRANGER,
    muted_by_me: true,
  });
});

test("nothing but the flags is taken from a user in a list", () => {
  assert.deepEqual(told(undefined, { ...STRANGER, handle: "ann" } as typeof STRANGER), STRANGER);
});

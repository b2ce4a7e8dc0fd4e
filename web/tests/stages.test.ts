import assert from "node:assert/strict";
import { test } from "node:test";
import { stageOf } from "../src/stages.ts";

type Post = Parameters<typeof stageOf>[0];

const CREATED = "2026-05-04T12:00:00Z";
const SOON = Date.parse(CREATED) + 60_000;
const LATER = Date.parse(CREATED) + 16 * 60_000;

const post = (state: Post["state"], ...media: ("awaiting" | "processing" | "ready" | "failed")[]) =>
  ({
    state,
    created_at: CREATED,
    media: media.map((medium, index) => ({ id: String(index), state: medium })),
  }) as Post;
/** What this browser knows: all files were picked here, and these were sent. */
const received = (...ids: string[]) => (id: string) => ({ isReceived: ids.includes(id) });
const nothing = () => undefined;

test("what was sent is received, although the API does not know of it yet", () => {
  const waiting = post("pending", "awaiting", "awaiting");
  assert.equal(stageOf(waiting, true, received("0"), SOON), "sending");
  assert.equal(stageOf(waiting, true, received("0", "1"), SOON), "received");
  assert.equal(stageOf(waiting, false, received("0", "1"), SOON), "received");
});

test("what was not sent, and is not being sent, was interrupted", () => {
  assert.equal(stageOf(post("pending", "awaiting"), false, received(), SOON), "interrupted");
  const half = post("pending", "processing", "awaiting");
  assert.equal(stageOf(half, false, received("0"), SOON), "interrupted");
});

test("what another device may be sending, or has sent, is awaited as long as its link is good", () => {
  const waiting = post("pending", "ready", "awaiting");
  assert.equal(stageOf(waiting, false, nothing, SOON), "awaited");
  assert.equal(stageOf(waiting, false, nothing, LATER), "interrupted");
});

test("once all has arrived it is being processed, or has failed", () => {
  assert.equal(stageOf(post("processing", "processing", "ready"), false, received(), SOON), "processing");
  assert.equal(stageOf(post("failed", "failed", "awaiting"), true, received("1"), SOON), "failed");
});

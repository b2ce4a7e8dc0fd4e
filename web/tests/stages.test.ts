import assert from "node:assert/strict";
import { test } from "node:test";
import { stageOf } from "../src/stages.ts";

type Post = Parameters<typeof stageOf>[0];

const post = (state: Post["state"], ...media: ("awaiting" | "processing" | "ready" | "failed")[]) =>
  ({ state, media: media.map((medium, index) => ({ id: String(index), state: medium })) }) as Post;
const received = (...ids: string[]) => (id: string) => ids.includes(id);

test("what was sent is received, although the API does not know of it yet", () => {
  const waiting = post("pending", "awaiting", "awaiting");
  assert.equal(stageOf(waiting, true, received("0")), "sending");
  assert.equal(stageOf(waiting, true, received("0", "1")), "received");
  assert.equal(stageOf(waiting, false, received("0", "1")), "received");
});

test("what was not sent, and is not being sent, was interrupted", () => {
  assert.equal(stageOf(post("pending", "awaiting"), false, received()), "interrupted");
  assert.equal(stageOf(post("pending", "processing", "awaiting"), false, received("0")), "interrupted");
});

test("once all has arrived it is being processed, or has failed", () => {
  assert.equal(stageOf(post("processing", "processing", "ready"), false, received()), "processing");
  assert.equal(stageOf(post("failed", "failed", "awaiting"), true, received("1")), "failed");
});

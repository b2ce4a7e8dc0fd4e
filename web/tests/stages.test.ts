import assert from "node:assert/strict";
import { test } from "node:test";
import { awaitedStage, type Sender, stageOf } from "../src/stages.ts";

type Post = Parameters<typeof stageOf>[0];

const CREATED = "2026-05-04T12:00:00Z";
const SOON = Date.parse(CREATED) + 60_000;
const LATER = Date.parse(CREATED) + 16 * 60_000;
const NOBODY: Sender = null;

const post = (state: Post["state"], ...media: ("awaiting" | "processing" | "ready" | "failed")[]) =>
  ({
    state,
    created_at: CREATED,
    media: media.map((medium, index) => ({ id: String(index), state: medium })),
  }) as Post;
/** What this browser knows: all files were picked here, and these were sent. */
const received =
  (...ids: string[]) =>
  (id: string) => ({ isReceived: ids.includes(id) });
const nothing = () => undefined;

test("what was sent is received, although the API does not know of it yet", () => {
  const waiting = post("pending", "awaiting", "awaiting");
  assert.equal(stageOf(waiting, "this tab", received("0"), SOON), "sending");
  assert.equal(stageOf(waiting, "this tab", received("0", "1"), SOON), "received");
  assert.equal(stageOf(waiting, "another tab", received("0", "1"), SOON), "received");
  assert.equal(stageOf(waiting, NOBODY, received("0", "1"), SOON), "received");
});

test("what another tab sends is neither interrupted nor awaited, however old it is", () => {
  const half = post("pending", "processing", "awaiting", "awaiting");
  for (const now of [SOON, LATER]) {
    assert.equal(stageOf(half, "another tab", received("0", "1"), now), "elsewhere");
    assert.equal(stageOf(half, "another tab", nothing, now), "elsewhere");
  }
});

test("what was not sent, and is sent by no tab, was interrupted", () => {
  assert.equal(stageOf(post("pending", "awaiting"), NOBODY, received(), SOON), "interrupted");
  const half = post("pending", "processing", "awaiting");
  assert.equal(stageOf(half, NOBODY, received("0"), SOON), "interrupted");
});

test("a post is interrupted as soon as one of its files is", () => {
  const waiting = post("pending", "awaiting", "awaiting");
  const firstAlone = (id: string) => (id === "0" ? { isReceived: false } : undefined);
  assert.equal(stageOf(waiting, NOBODY, firstAlone, SOON), "interrupted");
});

test("what another device may be sending, or has sent, is awaited as long as its link is good", () => {
  const waiting = post("pending", "ready", "awaiting");
  assert.equal(stageOf(waiting, NOBODY, nothing, SOON), "awaited");
  assert.equal(stageOf(waiting, NOBODY, nothing, LATER), "interrupted");
});

test("once all has arrived it is being processed, or has failed", () => {
  assert.equal(
    stageOf(post("processing", "processing", "ready"), NOBODY, received(), SOON),
    "processing",
  );
  assert.equal(
    stageOf(post("failed", "failed", "awaiting"), "this tab", received("1"), SOON),
    "failed",
  );
});

test("of a single file the same is said as of its post", () => {
  assert.equal(awaitedStage("this tab", { isReceived: false }, CREATED, SOON), "sending");
  assert.equal(awaitedStage("another tab", { isReceived: false }, CREATED, SOON), "elsewhere");
  assert.equal(awaitedStage("another tab", { isReceived: true }, CREATED, SOON), "received");
  assert.equal(awaitedStage(NOBODY, { isReceived: false }, CREATED, SOON), "interrupted");
  assert.equal(awaitedStage(NOBODY, undefined, CREATED, SOON), "awaited");
  assert.equal(awaitedStage(NOBODY, undefined, CREATED, LATER), "interrupted");
});

test("what left whole just before its page was closed is not called interrupted: it may have arrived", () => {
  const sent = { isReceived: false, sentAt: SOON };
  assert.equal(awaitedStage(NOBODY, sent, CREATED, SOON + 4_000), "unconfirmed");
  assert.equal(awaitedStage(NOBODY, sent, CREATED, SOON + 3 * 60_000), "interrupted");
  const half = { isReceived: false, sentAt: null };
  assert.equal(awaitedStage(NOBODY, half, CREATED, SOON + 4_000), "interrupted");
});

test("what this browser keeps goes on by itself, so nothing has to be done", () => {
  const kept = { isReceived: false, isKept: true };
  assert.equal(awaitedStage(NOBODY, kept, CREATED, LATER), "held");
  assert.equal(awaitedStage("this tab", kept, CREATED, LATER), "sending");
  assert.equal(awaitedStage(NOBODY, { ...kept, isReceived: true }, CREATED, LATER), "received");
});

test("what was kept by a former version of this page has fewer facts", () => {
  assert.equal(awaitedStage(NOBODY, { isReceived: true }, CREATED, SOON), "received");
  assert.equal(awaitedStage(NOBODY, {}, CREATED, SOON), "interrupted");
});

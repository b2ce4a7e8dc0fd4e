import assert from "node:assert/strict";
import { test } from "node:test";
import { lockName, sentByOthers } from "../src/locks.ts";

const lock = (post: string, tab: string) =>
  ({ name: lockName(post, tab), mode: "exclusive" }) as const;

test("what other tabs send is told by their locks, this tab's left out", () => {
  const locks = { held: [lock("p1", "here"), lock("p2", "there")], pending: [] };
  assert.deepEqual(sentByOthers(locks, "here"), new Map([[lockName("p2", "there"), "p2"]]));
});

test("a lock that is still asked for counts, and one of another kind does not", () => {
  const other = { name: "shutterfeed.refresh", mode: "exclusive" } as const;
  const locks = { held: [other], pending: [lock("p1", "there")] };
  assert.deepEqual([...sentByOthers(locks, "here").values()], ["p1"]);
});

test("two tabs may send files of the same post", () => {
  const locks = { held: [lock("p1", "one"), lock("p1", "two")] };
  assert.deepEqual([...sentByOthers(locks, "here").values()], ["p1", "p1"]);
  assert.deepEqual([...sentByOthers(locks, "one").values()], ["p1"]);
});

test("who waits for a tab's end does not send: two that wait would wait for one another", () => {
  const waiting = { ...lock("p1", "gone"), mode: "shared" } as const;
  assert.equal(sentByOthers({ held: [waiting], pending: [waiting] }, "here").size, 0);
});

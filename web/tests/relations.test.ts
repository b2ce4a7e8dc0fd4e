import assert from "node:assert/strict";
import test from "node:test";
import type { UserAsSeen } from "../src/api.ts";
import { STRANGER } from "../src/relation.ts";
import { followed, UNFOLLOWED } from "../src/relation-acts.ts";

// What the modules look at while they are loaded.
const shelf = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
Object.assign(globalThis, {
  window: { addEventListener: () => undefined, location: { pathname: "/", search: "", hash: "" } },
  history: { state: null, replaceState: () => undefined },
  localStorage: shelf,
  sessionStorage: shelf,
  BroadcastChannel: class {
    postMessage(): void {}
  },
});

const { changing, learnFrom } = await import("../src/relation-changes.ts");
const { relationTo } = await import("../src/relations.ts");

const seen = (id: string, requested: boolean): UserAsSeen =>
  ({ user: { id }, ...STRANGER, requested_by_me: requested }) as UserAsSeen;

test("what is pressed before the answer to the last press is done after it, and holds", async () => {
  const made: string[] = [];
  let answer: (() => void) | undefined;
  const slow = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const asked = changing("ada", followed(true), async () => {
    made.push("asking");
    await slow;
    made.push("asked");
    return seen("ada", true);
  });
  const withdrawn = changing("ada", UNFOLLOWED, async () => {
    made.push("withdrawn");
    return seen("ada", false);
  });
  assert.equal(relationTo("ada").requested_by_me, false, "shown at once");
  answer?.();
  learnFrom(await asked);
  assert.equal(relationTo("ada").requested_by_me, false, "not what was true before the last press");
  learnFrom(await withdrawn);
  assert.equal(relationTo("ada").requested_by_me, false);
  assert.deepEqual(made, ["asking", "asked", "withdrawn"]);
});

test("a change that fails is taken back, and keeps no other from being made", async () => {
  const refused = changing("ben", followed(false), () => Promise.reject(new Error("no")));
  const followedLater = changing("ben", followed(false), async () => "done");
  await assert.rejects(refused, /no/);
  assert.equal(await followedLater, "done");
});

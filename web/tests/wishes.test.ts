import assert from "node:assert/strict";
import test from "node:test";
import { counted, Wishes } from "../src/wishes.ts";

/** An API that answers when it is told to. */
function slowApi() {
  const told: boolean[] = [];
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const tell = (wanted: boolean) => {
    told.push(wanted);
    return new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }));
  };
  return { told, waiting, tell };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("a wish is shown at once, and no more once it is granted", async () => {
  const wishes = new Wishes();
  const { waiting, tell } = slowApi();
  const done = wishes.want("a", true, tell);
  assert.equal(wishes.wanted.value.get("a"), true);
  waiting[0]!.resolve();
  await done;
  assert.equal(wishes.wanted.value.has("a"), false);
});

test("two presses at once end in the last intention, told one after the other", async () => {
  const wishes = new Wishes();
  const { told, waiting, tell } = slowApi();
  const first = wishes.want("a", true, tell);
  await wishes.want("a", false, tell);
  assert.deepEqual(told, [true], "the second waits for the first");
  assert.equal(wishes.wanted.value.get("a"), false);
  waiting[0]!.resolve();
  await turn();
  assert.deepEqual(told, [true, false]);
  waiting[1]!.resolve();
  await first;
  assert.equal(wishes.wanted.value.has("a"), false);
});

test("who presses three times while the first is under way has said it already", async () => {
  const wishes = new Wishes();
  const { told, waiting, tell } = slowApi();
  const first = wishes.want("a", true, tell);
  await wishes.want("a", false, tell);
  await wishes.want("a", true, tell);
  waiting[0]!.resolve();
  await first;
  assert.deepEqual(told, [true]);
});

test("a wish that is refused is dropped, and the next one is told", async () => {
  const wishes = new Wishes();
  const { told, waiting, tell } = slowApi();
  const refused = wishes.want("a", true, tell);
  waiting[0]!.reject(new Error("no"));
  await assert.rejects(refused, /no/);
  assert.equal(wishes.wanted.value.has("a"), false);
  const again = wishes.want("a", true, tell);
  waiting[1]!.resolve();
  await again;
  assert.deepEqual(told, [true, true]);
});

test("wishes about two things do not wait for each other", async () => {
  const wishes = new Wishes();
  const { waiting, tell } = slowApi();
  const one = wishes.want("a", true, tell);
  const other = wishes.want("b", true, tell);
  assert.equal(waiting.length, 2);
  for (const { resolve } of waiting) resolve();
  await Promise.all([one, other]);
});

test("a number is the API's, with one's own wish added until it is granted", () => {
  assert.deepEqual(counted(false, 3, true), { isOn: true, count: 4 });
  assert.deepEqual(counted(true, 4, true), { isOn: true, count: 4 });
  assert.deepEqual(counted(true, 4, false), { isOn: false, count: 3 });
  assert.deepEqual(counted(true, 4, undefined), { isOn: true, count: 4 });
  assert.deepEqual(counted(true, 0, false), { isOn: false, count: 0 });
});

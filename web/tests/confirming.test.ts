/** A sign-up that waits for its code, and the code as people paste it. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const values = new Map<string, string>();
Object.assign(globalThis, {
  localStorage: {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  },
});
const { codeOf, codeSent, confirming, forgetConfirming, secondsToWait } = await import(
  "../src/confirming.ts"
);

const NOON = Date.UTC(2026, 2, 1, 12);
const HOUR = 3_600_000;

beforeEach(() => values.clear());

test("a sign-up is remembered as long as its code is good", () => {
  assert.equal(confirming(NOON), null);
  codeSent("ada@example.com", NOON);
  assert.deepEqual(confirming(NOON + 23 * HOUR), { email: "ada@example.com", sentAt: NOON });
  assert.equal(confirming(NOON + 24 * HOUR), null);
  forgetConfirming();
  assert.equal(confirming(NOON), null);
});

test("another code may be asked for half a minute after the last", () => {
  const sent = codeSent("ada@example.com", NOON);
  assert.deepEqual(
    [0, 1, 29_001, 30_000, HOUR].map((passed) => secondsToWait(sent, NOON + passed)),
    [30, 30, 1, 0, 0],
  );
});

test("a code counts however it was pasted", () => {
  for (const text of [
    "123456",
    " 123 456 ",
    "123-456",
    "123\u00a0456\n",
    "１２３ ４５６",
    "123–456",
  ]) {
    assert.equal(codeOf(text), "123456");
  }
});

/** Which months and posts of a profile one may go to. */
import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, {
  window: { addEventListener: () => undefined, location: { pathname: "/", search: "", hash: "" } },
  localStorage: { getItem: () => null },
  sessionStorage: { getItem: () => null },
  history: { state: null, replaceState: () => undefined },
  BroadcastChannel: class {},
});

const { endOf, monthsSince, shownBy } = await import("../src/views/profile-posts.ts");

test("the months go from now back to the one of the first day, across years", () => {
  const now = new Date(2026, 1, 28);
  assert.deepEqual(monthsSince(new Date(2025, 10, 30, 23).toISOString(), now), [
    "2026-02",
    "2026-01",
    "2025-12",
    "2025-11",
  ]);
  assert.deepEqual(monthsSince(new Date(2026, 1, 3).toISOString(), now), ["2026-02"]);
});

test("a month ends where the next one begins", () => {
  assert.equal(endOf("2026-05").getTime(), new Date(2026, 5, 1).getTime());
  assert.equal(endOf("2026-12").getTime(), new Date(2027, 0, 1).getTime());
});

test("an address asks for videos and for a month, and nonsense asks for nothing", () => {
  const asked = (text: string) => shownBy(new URLSearchParams(text));
  assert.deepEqual(asked("show=videos&until=2026-05"), { videos: true, until: "2026-05" });
  for (const wrong of ["", "until=2026-13", "until=may", "show=all", "until=0000-01"])
    assert.deepEqual(asked(wrong), { videos: false, until: null });
});

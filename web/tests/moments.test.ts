import assert from "node:assert/strict";
import { test } from "node:test";
import { fromField, schedulable, suggested, toField } from "../src/moments.ts";

const NOW = Date.parse("2026-07-15T12:34:56Z");

test("a moment goes into a field and comes back, in whatever time zone", () => {
  const moment = new Date("2026-07-15T18:00:00Z");
  assert.equal(fromField(toField(moment)), moment.toISOString());
  assert.equal(fromField(""), null);
  assert.equal(fromField("2026-07-15T"), null);
});

test("a post may be scheduled from two minutes to 75 days ahead", () => {
  const { min, max } = schedulable(NOW);
  assert.equal(fromField(min), "2026-07-15T12:37:00.000Z");
  assert.equal(fromField(max), "2026-09-28T12:34:00.000Z");
});

test("the next full hour but one is suggested", () => {
  assert.equal(fromField(suggested(NOW)), "2026-07-15T14:00:00.000Z");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { placeAddress, tagAddress } from "../src/topics.ts";
import { Turns } from "../src/turns.ts";

test("a page's address holds the name without what is a part of addresses", () => {
  assert.equal(placeAddress("St. Gallen / Altstadt"), "/places/St%20%20Gallen%20%20%20Altstadt");
  assert.equal(placeAddress("東京"), `/places/${encodeURIComponent("東京")}`);
  assert.equal(placeAddress("…"), null);
  assert.equal(placeAddress(".. / .."), null);
  assert.equal(tagAddress("été"), "/tags/%C3%A9t%C3%A9");
});

test("a few have their turn at a time, and the others in the order in which they came", () => {
  const [turns, begun] = [new Turns(2), [] as string[]];
  const leave = ["a", "b", "c", "d"].map((name) => turns.wait(() => begun.push(name)));
  assert.deepEqual(begun, ["a", "b"]);
  leave[2]!(); // gives up before it was its turn
  leave[0]!();
  leave[0]!(); // said twice
  assert.deepEqual(begun, ["a", "b", "d"]);
  turns.wait(() => begun.push("e"));
  assert.deepEqual(begun, ["a", "b", "d"]);
  leave[1]!();
  assert.deepEqual(begun, ["a", "b", "d", "e"]);
});

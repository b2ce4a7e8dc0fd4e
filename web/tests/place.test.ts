import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_PLACE, parsePlace, placeText } from "../src/place.ts";

const PIER = { name: "Old pier", latitude: 56.03, longitude: -12.5 };

test("a place is what was typed", () => {
  assert.equal(parsePlace(NO_PLACE), null);
  assert.deepEqual(parsePlace({ name: " Old pier ", latitude: "56.03", longitude: "-12.5" }), PIER);
  assert.deepEqual(parsePlace(placeText(PIER)), PIER);
  assert.deepEqual(placeText(null), NO_PLACE);
});

test("a place needs all its parts, on earth", () => {
  for (const wrong of [
    { name: "Pier", latitude: "", longitude: "" },
    { name: "Pier", latitude: "1", longitude: "" },
    { name: "Pier", latitude: "91", longitude: "0" },
    { name: "Pier", latitude: "0", longitude: "-180.5" },
    { name: "Pier", latitude: "north", longitude: "0" },
    { name: " ", latitude: "0", longitude: "0" },
  ]) {
    assert.equal(typeof parsePlace(wrong), "string", JSON.stringify(wrong));
  }
});

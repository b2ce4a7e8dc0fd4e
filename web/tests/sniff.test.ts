import assert from "node:assert/strict";
import { test } from "node:test";
import { isVideo, sniff } from "../src/upload/sniff.ts";

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The beginning of an ISO media file. */
function ftyp(major: string, ...compatible: string[]): Uint8Array {
  const length = 16 + 4 * compatible.length;
  return bytes(`\0\0\0${String.fromCharCode(length)}ftyp${major}\0\0\0\0${compatible.join("")}`);
}

const KNOWN: [string, Uint8Array][] = [
  ["image/jpeg", bytes("\xff\xd8\xff\xe1")],
  ["image/png", bytes("\x89PNG\r\n\x1a\n")],
  ["image/gif", bytes("GIF89a")],
  ["image/webp", bytes("RIFF\x10\0\0\0WEBPVP8 ")],
  ["image/heic", ftyp("heic", "mif1")],
  ["image/heic", ftyp("mif1", "mif1", "heic")],
  ["image/heif", ftyp("mif1", "miaf")],
  ["image/avif", ftyp("mif1", "avif")],
  ["image/avif", ftyp("avif")],
  ["video/mp4", ftyp("isom", "iso2")],
  ["video/mp4", ftyp("mp42", "heic")], // what it is counts, not what it may be read as
  ["video/quicktime", ftyp("qt  ")],
  ["video/quicktime", bytes("\0\0\0\x08wide\0\0\0\0mdat")],
  ["video/webm", bytes("\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm")],
];

for (const [type, head] of KNOWN) {
  test(`${type} by ${JSON.stringify(String.fromCharCode(...head.subarray(0, 12)))}`, () => {
    assert.equal(sniff(head), type);
  });
}

test("what cannot be posted has no type", () => {
  const matroska = bytes("\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska");
  for (const head of [bytes(""), bytes("<html>"), bytes("%PDF-1.7"), ftyp("M4A "), matroska]) {
    assert.equal(sniff(head), null);
  }
});

test("only videos are videos", () => {
  assert.equal(isVideo("video/quicktime"), true);
  assert.equal(isVideo("image/gif"), false);
});

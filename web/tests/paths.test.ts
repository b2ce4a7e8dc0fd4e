import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { match } from "../src/match.ts";
import { isPublic, plainPath } from "../src/paths.ts";

test("values are what stands in their place, decoded", () => {
  assert.deepEqual(match("/u/:handle", "/u/maya.lind"), { handle: "maya.lind" });
  assert.deepEqual(match("/tags/:tag", "/tags/%E5%B1%B1"), { tag: "山" });
  assert.deepEqual(match("/", "/"), {});
});

test("other paths do not match, nor what cannot be decoded", () => {
  for (const path of ["/u", "/u/", "/u/a/followers", "/p/a", "/u/%E5%B"]) {
    assert.equal(match("/u/:handle", path), null);
  }
});

test("an address with empty parts is one of this site all the same", () => {
  assert.equal(plainPath("//host/x"), "/host/x");
  assert.equal(plainPath("///u//maya"), "/u/maya");
  assert.equal(plainPath("/search?q=a//b#//c"), "/search?q=a//b#//c");
});

test("what has a view for everybody is public, and nothing else is", () => {
  const routes = readFileSync(new URL("../src/routes.ts", import.meta.url), "utf8");
  const patterns = routes.slice(routes.indexOf("PUBLIC_ROUTES")).matchAll(/\["(\/[^"]+)"/g);
  const paths = [...patterns].map(([, pattern]) => pattern!.replace(/:\w+/, "x.y%E5"));
  assert.ok(paths.length > 3);
  for (const path of paths) assert.ok(isPublic(path), path);
  for (const path of ["/", "/p/", "/p/01H/likes", "/u/maya/followers", "/search", "/explore/x"])
    assert.ok(!isPublic(path), path);
});

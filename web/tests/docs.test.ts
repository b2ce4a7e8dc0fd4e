import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { curl } from "../docs/curl.ts";
import { entries, type OpenApi, success } from "../docs/document.ts";
import { html, prose } from "../docs/html.ts";
import { page } from "../docs/page.ts";
import { fill } from "../docs/request.ts";
import { typeOf } from "../docs/schema.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const TEMPLATE = read("../docs/page.html");
const DOCUMENT = JSON.parse(read("../../functions/api/openapi.json")) as OpenApi;
const PAGE = page(TEMPLATE, DOCUMENT);
const ALL = entries(DOCUMENT);
const MOST_BYTES = 60_000;

function section(id: string): string {
  const start = PAGE.indexOf(`<section id="${id}"`);
  assert.notEqual(start, -1, id);
  return PAGE.slice(start, PAGE.indexOf("</section>", start));
}

function entry(id: string) {
  return ALL.find(({ operation }) => operation.operationId === id)!;
}

for (const one of ALL) {
  const { method, path, operation } = one;
  test(`${method} ${path} has examples and a form`, () => {
    const text = section(operation.operationId);
    assert.ok(text.includes(html`<code>${curl(one)}</code>`.markup));
    const { json } = success(operation);
    if (json !== undefined) assert.ok(text.includes(html`<code>${json}</code>`.markup));
    assert.match(text, /<form [^>]*data-method=/);
    for (const { in: where, name } of operation.parameters) {
      assert.ok(text.includes(`name="${where}.${name}"`), name);
    }
    assert.equal(text.includes('name="body"'), operation.requestBody !== undefined);
    assert.equal(text.includes("data-needs-token"), operation.security.length > 0);
  });
}

test("an example that is missing is told", () => {
  const broken = structuredClone(DOCUMENT) as never as {
    paths: Record<string, Record<string, { responses: Record<string, { content: object }> }>>;
  };
  broken.paths["/me"]!.get!.responses["200"]!.content = { "application/json": { schema: {} } };
  assert.throws(() => page(TEMPLATE, broken as never as OpenApi), /get_me has no example/);
  assert.throws(() => page("<!-- nonsense -->", DOCUMENT), /Nothing fills/);
  assert.throws(() => page("<!-- request nobody -->", DOCUMENT), /no operation nobody/);
});

test("every link within the page leads somewhere, and no id is there twice", () => {
  const ids = [...PAGE.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, target] of PAGE.matchAll(/href="#([^"]+)"/g))
    assert.ok(ids.includes(target), target);
});

test("all codes are in the tables", () => {
  const codes = [...DOCUMENT["x-error-codes"], ...DOCUMENT["x-upload-failures"]];
  assert.ok(codes.length > 40);
  for (const { code } of codes) assert.ok(PAGE.includes(`<td><code>${code}</code></td>`), code);
});

test("the site's policy lets all of it through: no script, style or handler stands in it", () => {
  assert.deepEqual(PAGE.match(/<script[^>]*>[^<]/g), null);
  assert.doesNotMatch(PAGE, /<style|\sstyle=|\son\w+=/);
});

test("texts are escaped", () => {
  assert.equal(html`<b>${'<i a="&">'}</b>`.markup, "<b>&lt;i a=&quot;&amp;&quot;&gt;</b>");
  assert.equal(prose("a `<b>` c").markup, "a <code>&lt;b&gt;</code> c");
});

test("a command has what the request needs", () => {
  assert.equal(curl(entry("get_health")), 'curl "$API/health"');
  assert.equal(
    curl(entry("search")),
    'curl "$API/search?q=winter+harbour&type=posts" \\\n  -H "Authorization: Bearer $TOKEN"',
  );
  assert.match(curl(entry("create_post")), /^curl -X POST .*\\\n.*\\\n {2}-H "Idempotency-Key: /);
});

test("a form's fields go where they belong, and none of them elsewhere", () => {
  const list = fill("/api", "/users/{handle}/posts", [
    ["path.handle", "a/../b?$&"],
    ["query.cursor", ""],
    ["query.limit", "1&x=2"],
  ]);
  assert.equal(list.url, "/api/users/a%2F..%2Fb%3F%24%26/posts?limit=1%26x%3D2");
  assert.deepEqual([[...list.headers], list.body], [[], null]);

  const created = fill("/api", "/posts", [
    ["header.Idempotency-Key", "one"],
    ["body", '{"media": []}'],
  ]);
  assert.deepEqual([created.url, created.body], ["/api/posts", '{"media": []}']);
  assert.deepEqual(Object.fromEntries(created.headers), {
    "content-type": "application/json",
    "idempotency-key": "one",
  });
});

test("types are told in words", () => {
  assert.equal(
    typeOf({ type: "string", minLength: 3, maxLength: 30 }).markup,
    "string, 3 to 30 characters",
  );
  assert.equal(
    typeOf({ anyOf: [{ type: "integer" }, { type: "null" }] }).markup,
    "integer or null",
  );
  assert.match(
    typeOf({ items: { $ref: "#/components/schemas/User" } }).markup,
    /^list of <a href="#schema-User"/,
  );
});

test("the page is small", () => {
  assert.ok(gzipSync(PAGE).length < MOST_BYTES, `${gzipSync(PAGE).length}`);
});

/** Answers that are not the API's own: the gateway's in front of it, and CloudFront's. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ApiError, isNotFound, passes, sentence } from "../src/errors.ts";

/** What the API's client asks of a browser before its first call. */
class Shelf {
  readonly #values = new Map<string, string>();
  getItem = (key: string) => this.#values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#values.set(key, value);
  removeItem = (key: string) => void this.#values.delete(key);
}
class Silence {
  onmessage = null;
  postMessage = () => undefined;
}
const claims = btoa(JSON.stringify({ sub: "somebody" }));
const page = { localStorage: new Shelf(), sessionStorage: new Shelf(), BroadcastChannel: Silence };
Object.assign(globalThis, page, { window: { addEventListener: () => undefined } });
page.localStorage.setItem("shutterfeed.refresh", "refresh");
page.sessionStorage.setItem(
  "shutterfeed.access",
  JSON.stringify({ token: `head.${claims}.signature`, expiresAt: Number.MAX_SAFE_INTEGER }),
);
// Pauses between attempts take no time.
mock.method(globalThis, "setTimeout", (go: () => void) => setImmediate(go));
const { call } = await import("../src/api.ts");

/** What the app makes of this answer to a call. */
async function refusal(status: number, body: string, contentType: string): Promise<ApiError> {
  const headers = { "Content-Type": contentType };
  mock.method(globalThis, "fetch", async () => new Response(body, { status, headers }));
  const error: unknown = await call("get", "/me").catch((raised: unknown) => raised);
  assert.ok(error instanceof ApiError, String(error));
  return error;
}

const GATEWAY: [number, string][] = [
  [403, "Forbidden"],
  [404, "Not Found"],
  [413, "Request Too Long"],
  [429, "Too Many Requests"],
  [500, "Internal Server Error"],
  [503, "Service Unavailable"],
];

for (const [status, message] of GATEWAY) {
  test(`the gateway's ${status} is told in a sentence of the app's`, async () => {
    const error = await refusal(status, JSON.stringify({ message }), "application/json");

    assert.equal(error.status, status);
    assert.equal(error.field, null);
    assert.match(sentence(error), /^[A-Z].+\.$/);
    assert.ok(!sentence(error).includes(message));
    assert.equal(passes(error), status === 429 || status >= 500);
    assert.equal(isNotFound(error), status === 404);
  });
}

test("a limit of the caller's is told in the API's sentence, and passes", async () => {
  const message = "You have posted a lot in a short time. Please try again in 5 minutes.";
  const error = { code: "limit_reached", message, field: null, limit: "posts", retry_after: 300 };
  const refused = await refusal(429, JSON.stringify({ error }), "application/json");

  assert.equal(sentence(refused), message);
  assert.equal(refused.code, "limit_reached");
  assert.equal(passes(refused), true);
});

const SENTENCES: [number, string][] = [
  [404, "This page is older or newer than the service. Please reload it."],
  [413, "What you sent is larger than Shutterfeed accepts. Please make it shorter or smaller."],
  [429, "Shutterfeed gets too many requests at the moment. Please try again in a minute."],
  [500, "Shutterfeed has a problem. Please try again."],
];

for (const [status, expected] of SENTENCES) {
  test(`a ${status} that is not the API's own says what to do`, async () => {
    const gateway = await refusal(status, '{"message": "…"}', "application/json");
    const page = await refusal(status, "<html></html>", "text/html");

    assert.deepEqual([sentence(gateway), sentence(page)], [expected, expected]);
  });
}

test("CloudFront's pages are told in a sentence, too", async () => {
  for (const status of [403, 502, 504]) {
    const error = await refusal(status, "<html><h1>502 ERROR</h1></html>", "text/html");

    assert.equal(error.status, status);
    assert.match(sentence(error), /^[A-Z].+\.$/);
    assert.ok(!sentence(error).includes("<"));
  }
});

test("the API's own words are told as they are", async () => {
  const said = { code: "user_not_found", message: "There is no such user.", field: null };
  const error = await refusal(404, JSON.stringify({ error: said }), "application/json");

  assert.deepEqual([error.code, sentence(error)], ["user_not_found", "There is no such user."]);
});

/** What the site's worker answers with and without a network. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { shortened } from "../src/sentences.ts";

const GERMAN = shortened({ Follow: "Folgen" });
const ORIGIN = "https://shutterfeed.example";
const kept = new Map<string, Map<string, Response>>();
let isOnline = true;

const cacheOf = (name: string) => {
  const held = kept.get(name) ?? new Map<string, Response>();
  kept.set(name, held);
  const urlOf = (one: Request | string) => (typeof one === "string" ? one : one.url);
  const absolute = (one: Request | string) => new URL(urlOf(one), ORIGIN).href;
  return {
    addAll: async (all: (Request | string)[]) => {
      for (const one of all) held.set(absolute(one), await get(absolute(one)));
    },
    add: async (one: string) => void held.set(absolute(one), await get(absolute(one))),
    delete: async (one: Request) => held.delete(one.url),
    put: async (one: Request | string, response: Response) =>
      void held.set(absolute(one), response),
    match: async (one: Request | string) => held.get(absolute(one))?.clone(),
    keys: async () => [...held.keys()].map((url) => new Request(url)),
  };
};

async function get(url: string): Promise<Response> {
  if (!isOnline) throw new TypeError("There is no network.");
  if (url.endsWith("/de-7.json")) return Response.json(GERMAN);
  return new Response(`network: ${new URL(url).pathname}`);
}

Object.assign(globalThis, {
  SHELL: ["/assets/app-1.js"],
  SHELL_NAME: "1",
  location: new URL(ORIGIN),
  Request: class extends Request {
    constructor(input: string | Request, init?: RequestInit) {
      super(typeof input === "string" ? new URL(input, ORIGIN).href : input, init);
    }
  },
  fetch: (one: Request) => get(one.url),
  caches: {
    open: async (name: string) => cacheOf(name),
    keys: async () => [...kept.keys()],
    delete: async (name: string) => kept.delete(name),
    match: async (one: Request | string) => {
      for (const name of kept.keys()) {
        const found = await cacheOf(name).match(one);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  },
});
const { answerOffline, keepShell, leaveOlderShells } = await import("../src/device/shell.ts");
const { shareTarget, takeShared } = await import("../src/device/shared.ts");

const { keepSpoken, speech } = await import("../src/device/spoken.ts");

const NOTHING = Promise.resolve(undefined);

function asked(path: string, of: { mode?: string; destination?: string; method?: string } = {}) {
  const request = new Request(path, { method: of.method ?? "GET" });
  const { mode = "cors", destination = "" } = of;
  Object.defineProperties(request, { mode: { value: mode }, destination: { value: destination } });
  return answerOffline(request, NOTHING);
}

const textOf = async (answer: Promise<Response> | undefined) => (await answer!).text();

beforeEach(async () => {
  kept.clear();
  isOnline = true;
  await keepShell();
});

test("a page comes from the network, and without one the app's own page is every page", async () => {
  assert.equal(await textOf(asked("/p/1", { mode: "navigate" })), "network: /p/1");
  isOnline = false;
  for (const path of ["/", "/p/1", "/u/anna"]) {
    assert.equal(await textOf(asked(path, { mode: "navigate" })), "network: /");
  }
});

test("what came while the worker was starting is not asked for again", async () => {
  const request = new Request("/");
  Object.defineProperty(request, "mode", { value: "navigate" });
  const preloaded = Promise.resolve(new Response("preloaded"));
  assert.equal(await textOf(answerOffline(request, preloaded)), "preloaded");
});

test("the app's files are the kept ones, and those that were needed are kept", async () => {
  assert.equal(await textOf(asked("/assets/de-1.json")), "network: /assets/de-1.json");
  await new Promise(setImmediate);
  isOnline = false;
  assert.equal(await textOf(asked("/assets/app-1.js")), "network: /assets/app-1.js");
  assert.equal(await textOf(asked("/assets/de-1.json")), "network: /assets/de-1.json");
  await assert.rejects(asked("/assets/other-1.js")!, TypeError);
});

test("pictures come from the network, and those that a page has kept without one", async () => {
  const picture = { destination: "image" };
  await cacheOf("a page's").put("/media/kept.webp", new Response("kept"));
  assert.equal(await textOf(asked("/media/kept.webp", picture)), "network: /media/kept.webp");
  isOnline = false;
  assert.equal(await textOf(asked("/media/kept.webp", picture)), "kept");
  await assert.rejects(asked("/media/other.webp", picture)!, TypeError);
});

test("the API, other sites and whatever is sent are left to the browser", () => {
  assert.equal(asked("/api/feed"), undefined);
  assert.equal(asked("/api/me", { mode: "navigate" }), undefined);
  assert.equal(asked("/docs", { mode: "navigate" }), undefined);
  assert.equal(asked("/openapi.json", { mode: "navigate" }), undefined);
  assert.equal(asked("/", { mode: "navigate", method: "POST" }), undefined);
  assert.equal(asked("https://other.example/a.png", { destination: "image" }), undefined);
});

test("a new version leaves no file of older ones, and nothing else", async () => {
  cacheOf("shutterfeed.shell.0");
  cacheOf("shutterfeed.feed");
  await leaveOlderShells();
  assert.deepEqual([...kept.keys()], ["shutterfeed.shell.1", "shutterfeed.feed"]);
});

test("files that another app shares come once, with their names and in their order", async () => {
  for (const names of [["a.jpg", "b ü.mp4"], ["c.jpg"]]) {
    const form = new FormData();
    for (const name of names) form.append("files", new File([name], name, { type: "image/jpeg" }));
    form.append("title", "Not a file");
    const answer = await shareTarget(new Request("/share", { method: "POST", body: form }));
    assert.deepEqual([answer.status, answer.headers.get("Location")], [303, "/?shared"]);
  }
  const files = await takeShared();
  assert.deepEqual(
    files.map(({ name, type }) => [name, type]),
    [["c.jpg", "image/jpeg"]],
  );
  assert.deepEqual(await takeShared(), []);
});

test("the worker tells of news in the language of the app's pages, without a network too", async () => {
  const follow = async () => (await speech()).t("Follow");
  assert.equal(await follow(), "Follow");
  await keepSpoken({ language: "de", locale: "de-AT", url: "/assets/de-7.json" });
  isOnline = false;
  assert.equal(await follow(), "Folgen");
  assert.deepEqual(await (await asked("/assets/de-7.json"))!.json(), GERMAN);
  await keepSpoken({ language: "en", locale: "en-GB", url: null });
  assert.equal(await follow(), "Follow");
  assert.deepEqual([...kept.get("shutterfeed.spoken")!.keys()], [`${ORIGIN}/spoken`]);
});

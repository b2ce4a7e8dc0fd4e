import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import type { MediumView } from "../src/api.ts";
import { FEED_SIZES, sourcesOf, srcset } from "../src/sources.ts";

const SCRIPT = readFileSync(new URL("../early.js", import.meta.url), "utf8");
const NOW = Date.parse("2026-05-04T12:00:00Z");
const ACCESS = JSON.stringify({ token: "t", expiresAt: NOW + 3_600_000 });

const MESSAGES = "ar=/assets/ar-1.json de=/assets/de-2.json pt=/assets/pt-3.json";

const file = (name: string, width: number, content_type: string) => ({
  name,
  width,
  content_type,
  url: `/media/b/${name}`,
});
const MEDIUM = {
  renditions: [
    file("1080.webp", 1080, "image/webp"),
    file("640.jpg", 640, "image/jpeg"),
    file("640.webp", 640, "image/webp"),
    file("150.jpg", 150, "image/jpeg"),
  ],
} as MediumView;

/** Runs the page's script; returns what it asked for and what it left for the app. */
async function run(
  answer: Response,
  {
    access = ACCESS,
    pathname = "/",
    languages = ["en-GB"],
    chosen = null as string | null,
    theme = null as string | null,
  } = {},
) {
  const asked: string[] = [];
  const pictures: { srcset?: string; sizes?: string; fetchPriority?: string }[] = [];
  const window: {
    early?: { url: string; token: string; answer: Promise<Response> };
    language?: { name: string; url: string; messages: Promise<unknown> };
  } = {};
  const root: { lang: string; dir: string; dataset: { theme?: string } } = {
    lang: "en",
    dir: "",
    dataset: {},
  };
  const kept: Record<string, string | null> = {
    "shutterfeed.language": chosen,
    "shutterfeed.theme": theme,
    "shutterfeed.refresh": "refresh",
  };
  const bars = [{ content: "#ffffff" }, { content: "#121110" }];
  runInNewContext(SCRIPT, {
    window,
    sessionStorage: { getItem: () => access },
    localStorage: { getItem: (key: string) => kept[key] },
    navigator: { languages },
    document: {
      documentElement: root,
      querySelector: () => ({ content: MESSAGES }),
      querySelectorAll: () => bars,
    },
    location: { pathname },
    Date: { now: () => NOW },
    AbortSignal,
    fetch: (url: string) => {
      asked.push(url);
      return Promise.resolve(answer);
    },
    Image: class {
      constructor() {
        pictures.push(this);
      }
    },
  });
  // The script's own chain is longer than one turn.
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  const spoken = { lang: root.lang, dir: root.dir };
  return {
    asked,
    pictures,
    early: window.early,
    language: window.language,
    root: spoken,
    theme: root.dataset.theme,
    bars,
  };
}

test("a theme that was chosen on this device is there before anything is drawn", async () => {
  const chosen = await run(Response.json({}), { theme: "dark" });
  assert.equal(chosen.theme, "dark");
  assert.deepEqual(new Set(chosen.bars.map(({ content }) => content)), new Set(["#121110"]));
  const none = await run(Response.json({}));
  assert.equal(none.theme, undefined);
  assert.equal(none.bars[0]!.content, "#ffffff");
});

test("the first picture is asked for as it is shown, and the answer is left for the app", async () => {
  const page = { items: [{ media: [MEDIUM, MEDIUM] }, { media: [MEDIUM] }] };
  const { asked, pictures, early } = await run(Response.json(page));
  assert.deepEqual(asked, ["/api/feed?limit=5"]);
  assert.equal(pictures.length, 1);
  assert.equal(pictures[0]!.srcset, srcset(sourcesOf(MEDIUM).webp));
  assert.equal(pictures[0]!.sizes, FEED_SIZES);
  assert.equal(pictures[0]!.fetchPriority, "high");
  assert.equal(early!.token, "t");
  assert.deepEqual(await (await early!.answer).json(), page);
});

test("nothing of a sensitive post is fetched before one looks", async () => {
  const page = { items: [{ sensitive: true, media: [MEDIUM] }, { media: [MEDIUM] }] };
  const { asked, pictures } = await run(Response.json(page));
  assert.deepEqual(asked, ["/api/feed?limit=5"]);
  assert.ok(pictures.every((picture) => !picture.srcset));
});

test("without a post there is no picture, and a refusal is left for the app", async () => {
  const empty = await run(Response.json({ items: [] }));
  assert.ok(empty.pictures.every((picture) => picture.srcset === ""));
  const refused = await run(Response.json({ error: {} }, { status: 500 }));
  assert.ok(refused.pictures.every((picture) => picture.srcset === ""));
  assert.equal((await refused.early!.answer).status, 500);
});

test("nothing is asked for on another page, or when the session has to be renewed first", async () => {
  assert.deepEqual((await run(Response.json({}), { pathname: "/search" })).asked, []);
  const old = JSON.stringify({ token: "t", expiresAt: NOW + 59_000 });
  assert.deepEqual((await run(Response.json({}), { access: old })).asked, []);
});

test("the reader's language is asked for at once, and English needs nothing", async () => {
  const at = (languages: string[], chosen: string | null = null) =>
    run(Response.json({ Like: "Gefällt mir" }), { pathname: "/search", languages, chosen });
  for (const languages of [["en-US", "de"], ["sv"], []]) {
    const { asked, language, root } = await at(languages);
    assert.deepEqual([asked, language, root.lang], [[], undefined, "en"]);
  }
  const german = await at(["sv", "de-AT", "en"]);
  assert.deepEqual(
    [german.asked, german.root],
    [["/assets/de-2.json"], { lang: "de", dir: "ltr" }],
  );
  assert.equal(german.language!.url, "/assets/de-2.json");
  assert.deepEqual(await german.language!.messages, { Like: "Gefällt mir" });
  assert.deepEqual((await at(["pt-PT"])).root, { lang: "pt-BR", dir: "ltr" });
  assert.deepEqual((await at(["de"], "ar")).root, { lang: "ar", dir: "rtl" });
  assert.deepEqual((await at(["de"], "en")).asked, []);
  assert.deepEqual((await at(["en"], "xx")).asked, []);
});

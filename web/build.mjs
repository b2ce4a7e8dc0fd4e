// Makes dist/ from src/ and public/. Everything under /assets/ has its content's hash in its name,
// so that it can be cached for ever; index.html names it and is never cached.
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { page as documentation } from "./docs/page.ts";
import "./limits.mjs"; // build/limits.ts, which src/ imports
import { shortened } from "./src/sentences.ts";

const ROOT = import.meta.dirname;
const DIST = path.join(ROOT, "dist");
const FIRST_SCREEN = "src/main.tsx";
/** Of its script, compressed: whoever adds to it has to leave something for later. */
const MOST_BYTES = 25 * 1024;
/** Of all scripts of the app together but the moderators' pages, compressed, whenever they are loaded. */
const MOST_BYTES_TOGETHER = 128 * 1024;
/** Parts that everybody gets once the first pictures are there: one file, under the first one's name. */
const SETTLED = ["src/answers/all.ts", "src/viewer/all.ts", "src/offline/all.ts"];
const VIEWS = "src/views/all.ts";
const SIGNING = "src/sign-in/all.ts";
const MODERATORS = "src/console/all.ts";
/** Of the moderators' pages, compressed. */
const MOST_BYTES_OF_MODERATORS = 11 * 1024;

const common = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome120", "firefox124", "safari17.4"],
  outdir: "dist/assets",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
};

/** The file that an entry point became. */
function fileOf({ metafile }, entryPoint) {
  const outputs = Object.entries(metafile.outputs);
  return outputs.find(([, output]) => output.entryPoint === entryPoint)[0];
}

const urlOf = (file) => `/${path.relative("dist", file)}`;

/** The one file that has all of the first screen, as long as `sharingWith` knows every other part. */
function fileWith({ metafile }, source) {
  const [[file, { imports }]] = Object.entries(metafile.outputs).filter(
    ([, { inputs }]) => source in inputs,
  );
  if (imports.some(({ kind }) => kind === "import-statement")) {
    throw new Error(
      `${file} is not all of the first screen: only an "all.ts" may be loaded later.`,
    );
  }
  return file;
}

/**
 * What two files share would be in a third one, for which the browser would have to ask, and dozens of small
 * files compress badly. So a part of the app that is loaded later, an `all.ts`, imports those that are there
 * before it: what they share is then in the file of the first of them. Only the bundler is told; in the
 * sources nothing imports upward.
 *
 *     the first screen <── what comes after it <── all other views <── everything else
 *             ^── signing in
 */
const partsBefore = (part) => {
  if (part === SIGNING || SETTLED.includes(part)) return [FIRST_SCREEN];
  if (part === VIEWS) return [FIRST_SCREEN, SETTLED[0]];
  return [FIRST_SCREEN, SETTLED[0], VIEWS];
};

const sharing = {
  name: "sharing",
  setup: ({ onLoad, onResolve }) => {
    const [settled, ...others] = SETTLED.map((part) => path.join(ROOT, part));
    onResolve({ filter: /[/\\]all\.ts$/ }, ({ path: part, resolveDir, importer }) =>
      importer !== settled && others.includes(path.resolve(resolveDir, part))
        ? { path: settled }
        : undefined,
    );
    onLoad({ filter: /[/\\]all\.ts$/ }, async ({ path: part }) => ({
      contents: [
        ...partsBefore(path.relative(ROOT, part).replaceAll("\\", "/")).map(
          (before) => `import ${JSON.stringify(path.join(ROOT, before))};`,
        ),
        ...(part === settled ? others : []).map(
          (other) => `export * from ${JSON.stringify(other)};`,
        ),
        await readFile(part, "utf8"),
      ].join("\n"),
      loader: "ts",
    }));
  },
};

/** Elements as calls of `createElement`, which takes fewer bytes than those of the JSX runtime. */
const elements = {
  name: "elements",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.tsx$/ }, async ({ path: source }) => ({
      contents: `import { createElement as $h, Fragment as $F } from "preact";${await readFile(source, "utf8")}`,
      loader: "tsx",
    })),
};

await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
await cp(path.join(ROOT, "public"), DIST, { recursive: true });
// The README's pictures, which browsers show before they install the app (public/manifest.webmanifest).
for (const name of ["feed.jpg", "phone.jpg"]) {
  await cp(path.join(ROOT, "..", "docs", "images", name), path.join(DIST, "screenshots", name));
}

const worker = await build({ ...common, entryPoints: ["src/upload/inspect.worker.ts"] });
const page = await build({
  ...common,
  entryPoints: [FIRST_SCREEN, "src/styles.css"],
  splitting: true,
  jsxFactory: "$h",
  jsxFragment: "$F",
  tsconfigRaw: {}, // for the checks, it names the JSX runtime
  plugins: [sharing, elements],
  define: {
    INSPECT_WORKER_URL: JSON.stringify(urlOf(fileOf(worker, "src/upload/inspect.worker.ts"))),
  },
});

/** What a browser keeps to open the app without a network: all but the moderators' pages and the messages. */
const shell = Object.keys({ ...page.metafile.outputs, ...worker.metafile.outputs })
  .filter((file) => ![FIRST_SCREEN, MODERATORS].some((part) => file === fileOf(page, part)))
  .map(urlOf);
// At the root, so that it may lead to any page, and under one name, so that browsers find the next one.
await build({
  ...common,
  entryPoints: { "service-worker": "src/device/service.worker.ts" },
  outdir: "dist",
  entryNames: "[name]",
  define: {
    SHELL: JSON.stringify(shell),
    SHELL_NAME: JSON.stringify(createHash("sha256").update(shell.join()).digest("hex").slice(0, 8)),
  },
});

/** Puts the messages of each language among the assets; returns "de=/assets/de-1a2b3c4d.json" and so on. */
async function writeMessages() {
  const folder = path.join(ROOT, "messages");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  const entries = names.map(async (name) => {
    const messages = JSON.parse(await readFile(path.join(folder, name), "utf8"));
    const text = JSON.stringify(shortened(messages));
    const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
    const language = path.basename(name, ".json");
    await writeFile(path.join(DIST, "assets", `${language}-${hash}.json`), text);
    return `${language}=/assets/${language}-${hash}.json`;
  });
  return (await Promise.all(entries)).join(" ");
}

const html = await readFile(path.join(ROOT, "index.html"), "utf8");
// As it is: the Content-Security-Policy lets it run by the hash of its source (infra/headers.py).
const early = await readFile(path.join(ROOT, "early.js"), "utf8");
await writeFile(
  path.join(DIST, "index.html"),
  html
    .replace('<script src="/early.js">', () => `<script>${early}`)
    .replace('name="messages" content=""', `name="messages" content="${await writeMessages()}"`)
    .replace("/src/styles.css", urlOf(fileOf(page, "src/styles.css")))
    .replace("/src/main.tsx", urlOf(fileWith(page, FIRST_SCREEN))),
);

// The API's documentation: a page of its own, made from the OpenAPI document that is served beside it.
const DOCUMENT = path.join(ROOT, "..", "functions", "api", "openapi.json");
const docs = await build({ ...common, entryPoints: ["docs/docs.ts", "docs/docs.css"] });
const text = documentation(
  await readFile(path.join(ROOT, "docs", "page.html"), "utf8"),
  JSON.parse(await readFile(DOCUMENT, "utf8")),
);
await writeFile(
  path.join(DIST, "docs.html"),
  text
    .replace("/docs/docs.css", urlOf(fileOf(docs, "docs/docs.css")))
    .replace("/docs/docs.ts", urlOf(fileOf(docs, "docs/docs.ts"))),
);
await cp(DOCUMENT, path.join(DIST, "openapi.json"));

/** How many bytes files have compressed: each by itself, as browsers get them. */
async function sizeOf(files) {
  const sizes = { gzip: 0, brotli: 0 };
  for (const file of files) {
    const content = await readFile(path.join(ROOT, file));
    sizes.gzip += gzipSync(content).length;
    sizes.brotli += brotliCompressSync(content).length;
  }
  return sizes;
}

const desk = fileOf(page, MODERATORS);
const scripts = [page, worker].flatMap(({ metafile }) =>
  Object.keys(metafile.outputs).filter((file) => file.endsWith(".js") && file !== desk),
);
const MEASURED = [
  ["The first screen's script has", [fileWith(page, FIRST_SCREEN)], MOST_BYTES],
  ["All scripts have", scripts, MOST_BYTES_TOGETHER],
  ["The moderators' pages have", [desk], MOST_BYTES_OF_MODERATORS],
];
for (const [have, files, most] of MEASURED) {
  const { gzip, brotli } = await sizeOf(files);
  console.log(`${have} ${gzip} bytes with gzip, ${brotli} with Brotli.`);
  if (gzip > most) throw new Error(`${have} ${gzip} bytes compressed, not ${most}.`);
}

// It only imports the file that the page names.
await rm(path.join(ROOT, fileOf(page, FIRST_SCREEN)));

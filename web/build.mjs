// Makes dist/ from src/ and public/. Everything under /assets/ has its content's hash in its name,
// so that it can be cached for ever; index.html names it and is never cached.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

const ROOT = import.meta.dirname;
const DIST = path.join(ROOT, "dist");

const common = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome120", "firefox121", "safari17"],
  outdir: "dist/assets",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
};

/** The public URL of what an entry point became. */
function url(result, entryPoint) {
  const outputs = Object.entries(result.metafile.outputs);
  const [file] = outputs.find(([, output]) => output.entryPoint === entryPoint);
  return `/${path.relative("dist", file)}`;
}

await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
await cp(path.join(ROOT, "public"), DIST, { recursive: true });

const worker = await build({ ...common, entryPoints: ["src/upload/inspect.worker.ts"] });
const page = await build({
  ...common,
  entryPoints: ["src/main.tsx", "src/styles.css"],
  splitting: true,
  jsx: "automatic",
  jsxImportSource: "preact",
  define: { INSPECT_WORKER_URL: JSON.stringify(url(worker, "src/upload/inspect.worker.ts")) },
});

const html = await readFile(path.join(ROOT, "index.html"), "utf8");
await writeFile(
  path.join(DIST, "index.html"),
  html
    .replace("/src/styles.css", url(page, "src/styles.css"))
    .replace("/src/main.tsx", url(page, "src/main.tsx")),
);

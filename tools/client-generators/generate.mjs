// Generates a TypeScript client from an OpenAPI document: `node generate.mjs <document> <folder>`.
import { createClient } from "@hey-api/openapi-ts";

const [input, path] = process.argv.slice(2);
await createClient({
  input,
  logs: { level: "silent", file: false },
  // Node.js runs the files as they are, so imports have to name them.
  output: { path, module: { extension: ".ts" } },
});

// Writes build/limits.ts: the API's limits as constants, taken from its OpenAPI document like the types.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

const ROOT = import.meta.dirname;
const DOCUMENT = path.join(ROOT, "..", "functions", "api", "openapi.json");
const WRITTEN = path.join(ROOT, "build", "limits.ts");

/** What src/ calls each limit. */
function limitsOf({ components: { schemas }, paths }) {
  const parameter = (route, wanted) =>
    paths[route].get.parameters.find(({ name }) => name === wanted).schema;
  const of = (schema) => schemas[schema].properties;
  const handle = parameter("/users/{handle}", "handle");
  const files = of("FileBody").content_type["x-limits"];
  return {
    MAX_APPEAL: of("CreateAppeal").text.maxLength,
    MAX_ALT_TEXT: of("MediumBody").alt_text.maxLength,
    MAX_BIO: of("EditProfile").bio.maxLength,
    MAX_CAPTION: of("CreatePost").caption.maxLength,
    MAX_COLLECTION_NAME: of("NameCollection").name.maxLength,
    MAX_COMMENT: of("CreateComment").text.maxLength,
    MAX_DISPLAY_NAME: of("EditProfile").display_name.maxLength,
    MIN_HANDLE: handle.minLength,
    MAX_HANDLE: handle.maxLength,
    /** With its @. */
    MAX_HANDLE_INPUT: of("EditProfile").handle.maxLength,
    HANDLE_PATTERN: handle.pattern,
    MAX_HELD_WORDS: of("EditProfile").held_words.maxItems,
    MAX_MEDIA: of("CreatePost").media.maxItems,
    MAX_PAGE: parameter("/me/uploads", "limit").maximum,
    MAX_PHOTO_BYTES: files.photo.bytes,
    MAX_PLACE_NAME: of("PlaceBody").name.maxLength,
    MAX_REPORT_NOTE: of("CreateReport").note.maxLength,
    MAX_SEARCH: parameter("/search", "q").maxLength,
    /** Pixels on a side, and in all. */
    PHOTO_SIZE: { side: files.photo.side, pixels: files.photo.pixels },
    VIDEO_SIZE: { side: files.video.side, pixels: files.video.pixels },
    MAX_STATEMENT: of("CreateAction").statement.maxLength,
    MAX_VIDEO_BYTES: files.video.bytes,
    MAX_VIDEO_DURATION_MS: files.video.duration_ms,
  };
}

const limits = limitsOf(JSON.parse(await readFile(DOCUMENT, "utf8")));
const lines = Object.entries(limits).map(([name, value]) => {
  if (value === undefined) throw new Error(`${DOCUMENT} does not say what ${name} is.`);
  return `export const ${name} = ${JSON.stringify(value)};\n`;
});
await mkdir(path.dirname(WRITTEN), { recursive: true });
await writeFile(WRITTEN, `// Made by limits.mjs.\n${lines.join("")}`);

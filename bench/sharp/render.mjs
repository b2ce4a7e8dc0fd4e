// Makes every planned rendition of a photo with sharp, as frugally as it can: one decode, scaled
// while decoding, and each smaller picture from the largest one in memory.
// A line in: {"path", "working": [w, h], "planned": [{width, height, format, quality, square}]}.
// A line out: {"ms"} or {"error"}.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import sharp from "sharp";

sharp.concurrency(1); // as many as the function has cores
sharp.cache(false); // each photo is new

const encode = {
  jpeg: (picture, quality) => picture.jpeg({ quality, progressive: true }),
  webp: (picture, quality) => picture.webp({ quality, effort: 4 }),
};

async function render({ path, working, planned }) {
  const content = await readFile(path);
  const start = process.hrtime.bigint();
  const { data, info } = await sharp(content, { failOn: "truncated" })
    .autoOrient()
    .resize(...working, { fit: "fill" })
    .toColourspace("srgb")
    .flatten({ background: "white" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  for (const { width, height, format, quality, square } of planned) {
    const fit = square ? "cover" : "fill";
    const scaled = sharp(data, { raw }).resize(width, height, { fit });
    await encode[format](scaled, quality).toBuffer();
  }
  return Number(process.hrtime.bigint() - start) / 1e6;
}

console.log(JSON.stringify({ ready: sharp.versions.sharp }));
for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify({ ms: await render(JSON.parse(line)) }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.message.split("\n")[0] }));
  }
}

/** What a file is, by its first bytes: the same rules as the API's workers have. */
import type { MediumBody } from "../api.ts";

export const SNIFF_BYTES = 64;

export type ContentType = MediumBody["content_type"];

const HEIC_BRANDS = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"]);
const AVIF_BRANDS = new Set(["avif", "avis"]);
const PICTURE_BRANDS = new Set(["mif1", "mif2", "msf1"]);
const MP4_BRANDS = /^(iso|mp4|mp7|avc|hvc|M4V|MSNV|dash|3g|XAVC)/;
const OLD_QUICKTIME_ATOMS = new Set(["moov", "mdat", "wide", "free", "skip", "pnot"]);

/** The content type, or null where it is nothing that can be posted. */
export function sniff(magic: Uint8Array): ContentType | null {
  const text = String.fromCharCode(...magic.subarray(0, SNIFF_BYTES));
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) return "image/gif";
  if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) return "image/webp";
  if (text.startsWith("\x1a\x45\xdf\xa3"))
    return text.includes("\x42\x82\x84webm") ? "video/webm" : null;
  const kind = text.slice(4, 8);
  if (kind === "ftyp") return brandType(text);
  return OLD_QUICKTIME_ATOMS.has(kind) ? "video/quicktime" : null;
}

export function isVideo(type: string): type is `video/${string}` {
  return type.startsWith("video/");
}

/** The type of an ISO media file: its major brand, and for pictures those it may be read as. */
function brandType(text: string): ContentType | null {
  const length =
    text.charCodeAt(0) * 2 ** 24 +
    text.charCodeAt(1) * 2 ** 16 +
    text.charCodeAt(2) * 256 +
    text.charCodeAt(3);
  const major = text.slice(8, 12);
  if (length < 16) return byMajor(major);
  const brands = new Set([major]);
  if (PICTURE_BRANDS.has(major)) {
    for (let at = 16; at + 4 <= Math.min(length, text.length); at += 4)
      brands.add(text.slice(at, at + 4));
  }
  if ([...brands].some((brand) => AVIF_BRANDS.has(brand))) return "image/avif";
  if ([...brands].some((brand) => HEIC_BRANDS.has(brand))) return "image/heic";
  if ([...brands].some((brand) => PICTURE_BRANDS.has(brand))) return "image/heif";
  return byMajor(major);
}

/** A video's type. */
function byMajor(major: string): ContentType | null {
  if (major === "qt  ") return "video/quicktime";
  return MP4_BRANDS.test(major) ? "video/mp4" : null;
}

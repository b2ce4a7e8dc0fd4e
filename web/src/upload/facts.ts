/** What is found out of a file before it is posted, and why some files cannot be. */
import {
  MAX_PHOTO_BYTES,
  MAX_VIDEO_BYTES,
  MAX_VIDEO_DURATION_MS,
  PHOTO_SIZE,
  VIDEO_SIZE,
} from "../../build/limits.ts";
import type { FileBody } from "../api.ts";
import { Failure } from "../errors.ts";
import { t } from "../language.ts";
import { clock, count, fileSize } from "../text.ts";
import { hashFile, inspectVideo } from "./inspect.ts";
import type { VideoFacts } from "./mp4.ts";
import { type ContentType, isVideo, SNIFF_BYTES, sniff } from "./sniff.ts";

const METADATA_MS = 10_000;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What kind of file it is, which its first bytes say. Raises `Failure` if it cannot be posted. */
export async function typeOf(file: File): Promise<ContentType> {
  if (file.size === 0) throw new Failure(t("The file is empty."));
  const type = sniff(new Uint8Array(await file.slice(0, SNIFF_BYTES).arrayBuffer()));
  if (type === null) {
    throw new Failure(
      t(
        "This file cannot be posted. Choose a photo or video: JPEG, PNG, WebP, HEIC, AVIF, GIF, MP4, MOV or WebM.",
      ),
    );
  }
  const size = { size: fileSize(file.size) };
  if (isVideo(type) && file.size > MAX_VIDEO_BYTES) {
    throw new Failure(
      t("The file has {size}; a video may have {limit}.", {
        ...size,
        limit: fileSize(MAX_VIDEO_BYTES),
      }),
    );
  }
  if (!isVideo(type) && file.size > MAX_PHOTO_BYTES) {
    throw new Failure(
      t("The file has {size}; a photo may have {limit}.", {
        ...size,
        limit: fileSize(MAX_PHOTO_BYTES),
      }),
    );
  }
  return type;
}

/**
 * The facts of a video: from the browser, or from the header if the browser cannot play it. Raises
 * `Failure` if nothing tells them, or the video is too long or too large.
 */
export async function videoFacts(file: File): Promise<VideoFacts> {
  const facts = (await playerFacts(file)) ?? (await inspectVideo(file));
  if (facts === null) {
    throw new Failure(
      t("The size and length of this video cannot be read. Please convert it to MP4."),
    );
  }
  const problem = videoProblem(facts);
  if (problem !== null) throw new Failure(problem);
  return facts;
}

/** Why a video of this length and size cannot be posted; null if it can. */
export function videoProblem({ durationMs, ...size }: VideoFacts): string | null {
  if (durationMs > MAX_VIDEO_DURATION_MS) {
    return t("The video is {length} long; at most {limit} are possible.", {
      length: clock(durationMs),
      limit: clock(Math.floor(MAX_VIDEO_DURATION_MS / 1000) * 1000),
    });
  }
  return sizeProblem(size, VIDEO_SIZE);
}

/** Why a photo of this size cannot be posted; null if it can. */
export function photoProblem(size: Size): string | null {
  return sizeProblem(size, PHOTO_SIZE);
}

function sizeProblem(
  { width, height }: Size,
  { side, pixels }: { readonly side: number; readonly pixels: number },
): string | null {
  if (Math.max(width, height) <= side && width * height <= pixels) return null;
  return t(
    "It has {width} x {height} pixels; at most {side} on a side and {megapixels} megapixels are possible.",
    {
      width: count(width),
      height: count(height),
      side: count(side),
      megapixels: Math.floor(pixels / 1_000_000),
    },
  );
}

/** What the API is told of a single file. Raises `Failure` if it cannot be posted. */
export async function declaration(file: File): Promise<FileBody> {
  const type = await typeOf(file);
  const video = isVideo(type) ? await videoFacts(file) : null;
  return {
    content_type: type,
    bytes: file.size,
    sha256: await hashFile(file, () => undefined),
    width: video?.width ?? null,
    height: video?.height ?? null,
    duration_ms: video?.durationMs ?? null,
    crop: null,
  };
}

function playerFacts(file: File): Promise<VideoFacts | null> {
  const url = URL.createObjectURL(file);
  const player = document.createElement("video");
  return new Promise<VideoFacts | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), METADATA_MS);
    player.preload = "metadata";
    player.muted = true;
    player.onerror = () => resolve(null);
    player.onloadedmetadata = () => {
      clearTimeout(timer);
      const { videoWidth: width, videoHeight: height, duration } = player;
      const isKnown = width > 0 && height > 0 && Number.isFinite(duration) && duration > 0;
      resolve(
        isKnown ? { width, height, durationMs: Math.max(1, Math.round(duration * 1000)) } : null,
      );
    };
    player.src = url;
  }).finally(() => {
    player.removeAttribute("src");
    URL.revokeObjectURL(url);
  });
}

/** Hashes files and reads what is within them, off the main thread; one job after the other. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Answer, Job } from "./inspect.ts";
import { embeddedJpeg } from "./jpeg.ts";
import { readMp4 } from "./mp4.ts";

/** Up to here the browser's own hash, which needs the whole file at once, is the fastest. */
const WHOLE_BYTES = 32 * 1024 * 1024;
const CHUNK_BYTES = 4 * 1024 * 1024;

let queue = Promise.resolve();

self.onmessage = ({ data: job }: MessageEvent<Job>) => {
  queue = queue
    .then(() => work(job))
    .catch((error: unknown) => {
      answer({ id: job.id, kind: "error", message: String(error) });
    });
};

async function work({ id, kind, file }: Job): Promise<void> {
  if (kind === "hash") answer({ id, kind: "hash", sha256: await hash(id, file) });
  else if (kind === "picture") answer({ id, kind: "picture", picture: await picture(file) });
  else answer({ id, kind: "video", facts: await readMp4(file.size, reader(file)) });
}

async function hash(id: number, file: File): Promise<string> {
  if (file.size <= WHOLE_BYTES) {
    return bytesToHex(
      new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())),
    );
  }
  const hasher = sha256.create();
  for (let at = 0; at < file.size; at += CHUNK_BYTES) {
    hasher.update(new Uint8Array(await file.slice(at, at + CHUNK_BYTES).arrayBuffer()));
    answer({ id, kind: "progress", bytes: Math.min(file.size, at + CHUNK_BYTES) });
  }
  return bytesToHex(hasher.digest());
}

async function picture(file: File): Promise<Blob | null> {
  const found = embeddedJpeg(new Uint8Array(await file.arrayBuffer()));
  return found && new Blob([found], { type: "image/jpeg" });
}

function reader(file: File) {
  return async (offset: number, length: number) =>
    new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
}

function answer(message: Answer): void {
  self.postMessage(message);
}

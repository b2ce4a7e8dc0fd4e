/** The jobs of the worker, as promises. */
import { trusted } from "../trusted.ts";
import type { VideoFacts } from "./mp4.ts";

export interface Job {
  readonly id: number;
  readonly kind: "hash" | "video" | "picture";
  readonly file: File;
}

export type Answer =
  | { readonly id: number; readonly kind: "progress"; readonly bytes: number }
  | { readonly id: number; readonly kind: "hash"; readonly sha256: string }
  | { readonly id: number; readonly kind: "video"; readonly facts: VideoFacts | null }
  | { readonly id: number; readonly kind: "picture"; readonly picture: Blob | null }
  | { readonly id: number; readonly kind: "error"; readonly message: string };

interface Waiting {
  readonly onAnswer: (answer: Answer) => void;
}

declare const INSPECT_WORKER_URL: string; // put in by the build

let worker: Worker | undefined;
let nextId = 1;
const waiting = new Map<number, Waiting>();

/** The SHA-256 of the file as hexadecimal. Raises where the file cannot be read (any more). */
export function hashFile(file: File, onProgress: (bytes: number) => void): Promise<string> {
  return ask("hash", file, (answer, resolve: (sha256: string) => void) => {
    if (answer.kind === "progress") onProgress(answer.bytes);
    if (answer.kind === "hash") resolve(answer.sha256);
  });
}

/** The facts in the header of an MP4; null if it has none of use. */
export function inspectVideo(file: File): Promise<VideoFacts | null> {
  return ask("video", file, (answer, resolve: (facts: VideoFacts | null) => void) => {
    if (answer.kind === "video") resolve(answer.facts);
  });
}

/** A JPEG that lies within the file as its preview; null if there is none. */
export function embeddedPicture(file: File): Promise<Blob | null> {
  return ask("picture", file, (answer, resolve: (picture: Blob | null) => void) => {
    if (answer.kind === "picture") resolve(answer.picture);
  });
}

function ask<T>(
  kind: Job["kind"],
  file: File,
  onAnswer: (answer: Answer, resolve: (value: T) => void) => void,
): Promise<T> {
  const id = nextId++;
  return new Promise<T>((resolve, reject) => {
    waiting.set(id, {
      onAnswer: (answer) => {
        if (answer.kind !== "progress") waiting.delete(id);
        if (answer.kind === "error") reject(new Error(answer.message));
        else onAnswer(answer, resolve);
      },
    });
    running().postMessage({ id, kind, file } satisfies Job);
  });
}

function running(): Worker {
  if (worker === undefined) {
    worker = new Worker(trusted(INSPECT_WORKER_URL), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => waiting.get(data.id)?.onAnswer(data);
    worker.onerror = () => {
      // Its code could not be fetched: whoever waits hears of it, the next one tries again.
      worker = undefined;
      for (const id of [...waiting.keys()]) {
        waiting
          .get(id)
          ?.onAnswer({ id, kind: "error", message: "inspect.worker.ts could not be started" });
      }
    };
  }
  return worker;
}

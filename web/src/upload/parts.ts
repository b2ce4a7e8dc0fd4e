/** Which bytes of a large file are still to be sent, and how far it has come. */
import type { PartsBody } from "../api.ts";

export interface Piece {
  readonly number: number;
  readonly url: string;
  readonly start: number;
  /** The byte after the last. */
  readonly end: number;
}

/** The missing parts as ranges of the file. */
export function pieces({ part_size, parts }: PartsBody): Piece[] {
  return parts.map(({ number, url, size }) => {
    const start = (number - 1) * part_size;
    return { number, url, start, end: start + size };
  });
}

/** The bytes that were there before this browser sent any. */
export function arrivedBytes(total: number, missing: readonly Piece[]): number {
  return total - missing.reduce((sum, piece) => sum + piece.end - piece.start, 0);
}

/** Milliseconds to wait before each attempt after the first. */
export const RETRY_DELAYS: readonly number[] = [500, 2_000, 5_000, 10_000];

/**
 * What an answer of the storage means: the same request may succeed later, one with a fresh link
 * may succeed now, or none will. `code` is what the answer calls itself; empty if it has no name.
 */
export function meaning(status: number, code: string): "passes" | "renew" | "final" {
  if (status === 408 || status === 429 || status >= 500 || code === "RequestTimeout")
    return "passes";
  // A link that is too old, or an upload in parts that another tab has completed.
  if (status === 403 || EXPIRED.has(code)) return "renew";
  return "final";
}

const EXPIRED = new Set(["ExpiredToken", "NoSuchUpload"]);

/** The storage's own name for what is wrong, from its answer in XML. */
export function codeOf(answer: string): string {
  return /<Code>(\w+)<\/Code>/.exec(answer)?.[1] ?? "";
}

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

/** Whether a refusal of the storage can pass: everything but a link that is void. */
export function mayPass(status: number): boolean {
  return status === 0 || status === 408 || status === 429 || status >= 500;
}

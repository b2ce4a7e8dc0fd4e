/**
 * Whether an answer of the API knows what one has done oneself. One that was asked for before one's own
 * last write of something was answered may not know that write: it must not show again what was before.
 *
 *     ask for a list ─────────────────────────> the answer: not newer than the like
 *              like ──────> the answer
 *
 * Whatever is kept of the API's answers is kept by this rule. What was written is named by a text, such
 * as "comment 01H…".
 */

/** Grows with every write. */
let moment = 0;
/** When the last write of each thing was answered. */
const written = new Map<string, number>();

/** Call when a write of one's own is answered, or has failed: it may have been done even so. */
export function noteWrite(about: string): void {
  written.set(about, ++moment);
}

export type Knows = (about: string) => boolean;

/** Call before asking. What is returned says whether the answer knows one's last write of something. */
export function askedNow(): Knows {
  const asked = moment;
  return (about) => (written.get(about) ?? 0) <= asked;
}

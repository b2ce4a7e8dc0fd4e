/**
 * A sign-up that waits for the code that was mailed. This browser remembers it, so that neither a reload nor
 * the way to one's mail and back loses it. The password is never kept.
 */
import { keep } from "./storage.ts";

const KEY = "shutterfeed.confirming";
/** Cognito takes a code for a day. */
const KEPT_MS = 24 * 3_600_000;
const RESEND_AFTER_MS = 30_000;

export interface Confirming {
  readonly email: string;
  /** When the last code was sent, in milliseconds since 1970. */
  readonly sentAt: number;
}

/** The sign-up that waits for its code; null if there is none, or its code is too old. */
export function confirming(now = Date.now()): Confirming | null {
  const stored = localStorage.getItem(KEY);
  if (stored === null) return null;
  const kept = JSON.parse(stored) as Confirming;
  return now - kept.sentAt < KEPT_MS ? kept : null;
}

/** Remembers that a code was mailed to this address now. */
export function codeSent(email: string, now = Date.now()): Confirming {
  const sent = { email, sentAt: now };
  keep(KEY, JSON.stringify(sent));
  return sent;
}

/** The sign-up is confirmed, or somebody has signed in. */
export function forgetConfirming(): void {
  localStorage.removeItem(KEY);
}

/** How many seconds to wait before another code is asked for: mails take a moment, and few are sent. */
export function secondsToWait({ sentAt }: Confirming, now: number): number {
  return Math.max(0, Math.ceil((sentAt + RESEND_AFTER_MS - now) / 1000));
}

/** A code as it is meant, however it was typed or pasted: "123 456" and "１２３-４５６" are 123456. */
export function codeOf(text: string): string {
  return text.normalize("NFKC").replace(/[\s\p{Dash}]/gu, "");
}

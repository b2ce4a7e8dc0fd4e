/** Asks again by itself for what a broken connection or a busy service kept from coming. */
import { useEffect, useRef } from "preact/hooks";

const DELAYS_MS = [2_000, 5_000, 15_000, 30_000, 60_000];

/** The milliseconds to wait, by the number of failed attempts. */
export function delayAfter(attempts: number): number {
  return DELAYS_MS[Math.min(attempts, DELAYS_MS.length - 1)]!;
}

/**
 * Calls `retry` while `isBroken`, ever more seldom, and at once when the network is back.
 * `isWhole`: it has come, so the next time begins with the shortest delay.
 */
export function useRecovery(isBroken: boolean, isWhole: boolean, retry: () => void): void {
  const attempts = useRef(0);
  if (isWhole) attempts.current = 0;
  useEffect(() => {
    if (!isBroken) return undefined;
    const again = () => {
      attempts.current++;
      retry();
    };
    const timer = setTimeout(() => {
      if (navigator.onLine) again(); // otherwise the network tells
    }, delayAfter(attempts.current));
    window.addEventListener("online", again);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("online", again);
    };
  }, [isBroken]);
}

/** Calls `retry` when the network is back while `isBroken`. */
export function useOnline(isBroken: boolean, retry: () => void): void {
  useEffect(() => {
    if (!isBroken) return undefined;
    window.addEventListener("online", retry);
    return () => window.removeEventListener("online", retry);
  }, [isBroken]);
}

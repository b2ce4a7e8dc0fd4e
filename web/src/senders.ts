/**
 * Which posts' files the tabs of this browser send. A tab that sends holds a lock: the browser lets
 * go of it when the tab is closed or dies, so that what is said of it ends by itself.
 */
import { lockName, sentByOthers } from "./locks.ts";
import type { Sender } from "./stages.ts";
import { useStore } from "./store.ts";
import { elsewhere, sending } from "./tabs.ts";

const TAB = crypto.randomUUID();

/** What lets go of each lock of this tab, by the post's id. */
const held = new Map<string, () => void>();
/** Locks of other tabs whose end is awaited. */
const awaited = new Set<string>();

/** Tells other tabs that one has begun to send: of its end they hear by the lock. */
const beginnings = new BroadcastChannel("shutterfeed.sending");
beginnings.onmessage = () => void look();

/** Once it is known what the other tabs were sending when this page was opened. */
export const tabsKnown: Promise<void> = look();

export function useSender(postId: string): Sender {
  const isHere = useStore(sending).has(postId);
  const isElsewhere = useStore(elsewhere).has(postId);
  if (isHere) return "this tab";
  return isElsewhere ? "another tab" : null;
}

/** Tells the other tabs which posts this one sends. */
export function tellTabs(postIds: ReadonlySet<string>): void {
  for (const [postId, release] of held) {
    if (postIds.has(postId)) continue;
    held.delete(postId);
    release();
  }
  for (const postId of postIds) if (!held.has(postId)) hold(postId);
}

function hold(postId: string): void {
  const released = new Promise<void>((resolve) => held.set(postId, resolve));
  void navigator.locks.request(lockName(postId, TAB), () => {
    beginnings.postMessage(null);
    return released;
  });
}

async function look(): Promise<void> {
  const others = sentByOthers(await navigator.locks.query(), TAB);
  elsewhere.set(new Set(others.values()));
  for (const name of others.keys()) {
    if (awaited.has(name)) continue;
    awaited.add(name);
    // Given as soon as the other tab has let go of it, and let go of at once.
    void navigator.locks.request(name, { mode: "shared" }, () => awaited.delete(name)).then(look);
  }
}

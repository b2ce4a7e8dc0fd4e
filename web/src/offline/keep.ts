import { openCompose } from "../compose.ts";
import { takeShared } from "../device/shared.ts";
import { keepSpoken } from "../device/spoken.ts";
import { language, locale, messagesUrl } from "../language.ts";
import { location, navigate } from "../router.ts";
import { trusted } from "../trusted.ts";
import { watchFeed } from "./feed.ts";

/** Keeps the feed, installs the site's worker, and opens the post dialog if one came here for that. */
export async function keepForOffline(): Promise<void> {
  const { query } = location.value;
  if (query.has("shared")) await openShared();
  if (query.has("new")) openNew();
  if (globalThis.caches !== undefined) {
    watchFeed();
    // Where there is no room, the worker speaks English.
    await keepSpoken({ language, locale, url: messagesUrl }).catch(() => undefined);
  }
  keepStored();
  // Not in every browser's private windows.
  await navigator.serviceWorker?.register(trusted("/service-worker.js"));
}

/** Where the app is installed, the browser does not clear away drafts and files that wait here. */
function keepStored(): void {
  if (!matchMedia("(display-mode: standalone)").matches) return;
  navigator.storage?.persist().catch(() => undefined);
}

/** By a shortcut of the installed app. */
function openNew(): void {
  navigate("/", { replace: true });
  openCompose();
}

async function openShared(): Promise<void> {
  navigate("/", { replace: true });
  const files = await takeShared();
  if (files.length > 0) openCompose(files);
}

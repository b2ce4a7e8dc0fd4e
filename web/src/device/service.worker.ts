/**
 * The site's one worker. It shows a notification for every push, keeps the app's own files for when
 * there is no network, and takes what other apps share with this one.
 */
import { SHARED_TO, shareTarget } from "./shared.ts";
import { answerOffline, keepShell, leaveOlderShells } from "./shell.ts";
import { speech } from "./spoken.ts";
import { read, sentenceOf, showing } from "./told.ts";

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface PushEvent extends Waiting {
  readonly data: { text(): string } | null;
}

interface ClickEvent extends Waiting {
  readonly notification: Notification;
}

interface Fetch extends Waiting {
  readonly request: Request;
  readonly preloadResponse: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
}

interface Page {
  readonly url: string;
  focus(): Promise<unknown>;
}

interface Worker extends EventTarget {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    matchAll(which: { type: "window"; includeUncontrolled: true }): Promise<Page[]>;
    openWindow(url: string): Promise<unknown>;
  };
}

const worker = globalThis as unknown as Worker;

worker.addEventListener("install", (event) => (event as Waiting).waitUntil(keepShell()));

worker.addEventListener("activate", (event) => (event as Waiting).waitUntil(activate()));

worker.addEventListener("fetch", (event) => {
  const { request, preloadResponse } = event as Fetch;
  const answer =
    new URL(request.url).pathname === SHARED_TO && request.method === "POST"
      ? shareTarget(request)
      : answerOffline(request, preloadResponse);
  if (answer !== undefined) (event as Fetch).respondWith(answer);
});

worker.addEventListener("push", (event) => {
  (event as PushEvent).waitUntil(show((event as PushEvent).data?.text()));
});

worker.addEventListener("notificationclick", (event) => {
  (event as ClickEvent).notification.close();
  (event as ClickEvent).waitUntil(open());
});

async function activate(): Promise<void> {
  await leaveOlderShells();
  // A page is asked for while the worker is still starting, not after.
  await worker.registration.navigationPreload?.enable();
}

async function show(text: string | undefined): Promise<void> {
  const told = read(text);
  await worker.registration.showNotification("Shutterfeed", {
    body: sentenceOf(told, await speech()),
    icon: "/icon-192.png",
    ...(told.topic && { tag: told.topic }),
  });
}

async function open(): Promise<void> {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  await (showing(pages)?.focus() ?? worker.clients.openWindow("/activity"));
}

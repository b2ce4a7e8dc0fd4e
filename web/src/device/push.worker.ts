/** Shows a notification for every push, and leads from it to the activity. It keeps no files. */
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

worker.addEventListener("push", (event) => {
  const { data, waitUntil } = event as PushEvent;
  waitUntil.call(event, show(data?.text()));
});

worker.addEventListener("notificationclick", (event) => {
  const { notification, waitUntil } = event as ClickEvent;
  notification.close();
  waitUntil.call(event, open());
});

function show(text: string | undefined): Promise<void> {
  const told = read(text);
  return worker.registration.showNotification("Shutterfeed", {
    body: sentenceOf(told),
    icon: "/favicon.svg",
    ...(told.topic && { tag: told.topic }),
  });
}

async function open(): Promise<void> {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  await (showing(pages)?.focus() ?? worker.clients.openWindow("/activity"));
}

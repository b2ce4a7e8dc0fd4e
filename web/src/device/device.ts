/** Whether this browser is told of one's activity, and how that is changed. */
import { call } from "../api.ts";
import { config } from "../config.ts";
import { ApiError } from "../errors.ts";
import { trusted } from "../trusted.ts";

export type DeviceState =
  /** The service tells no device of anything. */
  | "not-offered"
  /** The browser cannot be told. */
  | "unsupported"
  /** An iPhone or iPad, where only an installed app is told. */
  | "not-installed"
  /** The user has told the browser to show no notifications of this site. */
  | "denied"
  | "on"
  | "off";

const WORKER = "/service-worker.js";
const ID_BYTES = 16;
const LEAVING_MS = 2000;
/** The service takes no such subscription. Other errors say only that it cannot at the moment. */
const REFUSED_FOR_GOOD = new Set([400, 404, 409]);

/** The state by what browser and service say of it. */
export async function deviceState(): Promise<DeviceState> {
  const { pushKey } = await config();
  if (!pushKey) return "not-offered";
  if (!isSupported()) return isBeforeInstalling() ? "not-installed" : "unsupported";
  if (Notification.permission === "denied") return "denied";
  const subscription = await subscribed();
  if (subscription === null || Notification.permission !== "granted") return "off";
  return (await isListed(subscription)) && isFor(subscription, pushKey) ? "on" : "off";
}

/** Asks the user if need be: only to be called when they have asked for it. */
export async function turnOn(): Promise<DeviceState> {
  const { pushKey } = await config();
  if (!pushKey) return "not-offered";
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return permission === "denied" ? "denied" : "off";
  await navigator.serviceWorker.register(trusted(WORKER));
  const { pushManager } = await navigator.serviceWorker.ready;
  const earlier = await pushManager.getSubscription();
  if (earlier !== null && !isFor(earlier, pushKey)) await earlier.unsubscribe();
  const wanted = { userVisibleOnly: true, applicationServerKey: pushKey };
  await tell(await pushManager.subscribe(wanted));
  return "on";
}

/** Forgets the device here and at the service. */
export async function turnOff(): Promise<DeviceState> {
  const subscription = isSupported() ? await subscribed() : null;
  if (subscription !== null) {
    const path = { subscription_id: await idOf(subscription.endpoint) };
    try {
      await call("delete", "/me/push-subscriptions/{subscription_id}", { path });
    } finally {
      // Without it the push service takes nothing for this device any more.
      await subscription.unsubscribe();
    }
  }
  return "off";
}

/** Before one signs out here: waits for the service only a moment. */
export async function leaveDevice(): Promise<void> {
  const moment = new Promise((done) => setTimeout(done, LEAVING_MS));
  await Promise.race([turnOff().catch(() => undefined), moment]);
}

/** Tells the service that the device is still in use. What another user has left here ends. */
export async function renew(): Promise<void> {
  if (!isSupported() || Notification.permission !== "granted") return;
  const subscription = await subscribed();
  if (subscription === null) return;
  if ((await deviceState()) === "on") await tell(subscription);
  else await subscription.unsubscribe();
}

function isSupported(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

/** Only Safari says whether it shows an app from the home screen. */
function isBeforeInstalling(): boolean {
  return (navigator as { standalone?: boolean }).standalone === false;
}

async function subscribed(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  return (await registration?.pushManager.getSubscription()) ?? null;
}

async function isListed({ endpoint }: PushSubscription): Promise<boolean> {
  const { items } = await call("get", "/me/push-subscriptions");
  const id = await idOf(endpoint);
  return items.some((item) => item.id === id);
}

async function tell(subscription: PushSubscription): Promise<void> {
  const { endpoint } = subscription;
  const { p256dh = "", auth = "" } = subscription.toJSON().keys ?? {};
  const path = { subscription_id: await idOf(endpoint) };
  try {
    const body = { endpoint, p256dh, auth };
    await call("put", "/me/push-subscriptions/{subscription_id}", { path, body });
  } catch (error) {
    // Then nobody pushes to it.
    const isForGood = error instanceof ApiError && REFUSED_FOR_GOOD.has(error.status);
    if (isForGood) await subscription.unsubscribe();
    throw error;
  }
}

function isFor({ options }: PushSubscription, pushKey: string): boolean {
  const key = options.applicationServerKey;
  return key !== null && inBase64Url(new Uint8Array(key)) === pushKey;
}

/** The service's id of a device: the first bytes of the SHA-256 of its endpoint. */
async function idOf(endpoint: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return inBase64Url(new Uint8Array(digest).subarray(0, ID_BYTES));
}

function inBase64Url(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Whether a browser is told of one's activity: by what it, the user and the service say. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const KEY =
  "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const ENDPOINT = "https://push.example.com/send/1";
/** What the service makes of that endpoint. */
const ID = "CXBhEgpHzN6cmBQM2Q2fzw";

class Shelf {
  readonly #values = new Map<string, string>();
  getItem = (key: string) => this.#values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#values.set(key, value);
  removeItem = (key: string) => void this.#values.delete(key);
}

class Subscription {
  readonly endpoint = ENDPOINT;
  readonly options: { applicationServerKey: ArrayBuffer };
  constructor(key: string) {
    this.options = { applicationServerKey: new Uint8Array(Buffer.from(key, "base64url")).buffer };
  }
  toJSON = () => ({ endpoint: ENDPOINT, keys: { p256dh: "point", auth: "secret" } });
  unsubscribe = async () => {
    subscription = null;
    return true;
  };
}

const pushKey: string | null = KEY;
let permission = "granted";
let subscription: Subscription | null = null;
let listed: string[] = [];
let sent: string[] = [];
let putStatus = 200;

const pushManager = {
  getSubscription: async () => subscription,
  subscribe: async ({ applicationServerKey }: { applicationServerKey: string }) => {
    subscription = new Subscription(applicationServerKey);
    return subscription;
  },
};
const registration = { pushManager };
const Notification = {
  get permission() {
    return permission;
  },
  requestPermission: async () => {
    permission = permission === "default" ? "granted" : permission;
    return permission;
  },
};
const serviceWorker = {
  getRegistration: async () => registration,
  register: async () => registration,
  ready: Promise.resolve(registration),
};

function answer(method: string, url: string): Response {
  if (url === "/config.json") return Response.json({ pushKey });
  if (!url.includes("push-subscriptions")) return Response.json({ AuthenticationResult: {} });
  sent.push(`${method} ${url.replace("/api/me/push-subscriptions", "")}`);
  if (method === "DELETE") listed = [];
  if (method === "DELETE") return new Response(null, { status: 204 });
  if (method === "GET") return Response.json({ items: listed.map((id) => ({ id })) });
  if (putStatus === 200) listed = [url.slice(url.lastIndexOf("/") + 1)];
  const error = { error: { code: "push_is_off", message: "No.", field: null } };
  return Response.json(putStatus === 200 ? {} : error, { status: putStatus });
}

const browser = {
  addEventListener: () => undefined,
  PushManager: class {},
  Notification,
};
Object.assign(globalThis, {
  window: browser,
  Notification,
  localStorage: new Shelf(),
  sessionStorage: new Shelf(),
  BroadcastChannel: class {
    postMessage(): void {}
  },
  fetch: async (url: string, init?: RequestInit) => answer(init?.method ?? "GET", url),
});
Object.defineProperty(globalThis, "navigator", {
  value: { serviceWorker, onLine: true, languages: ["en"] },
  configurable: true,
});

localStorage.setItem("shutterfeed.refresh", "refresh");
sessionStorage.setItem(
  "shutterfeed.access",
  JSON.stringify({ token: `h.${btoa('{"sub":"ann"}')}.s`, expiresAt: Date.now() + 900_000 }),
);
const { deviceState, leaveDevice, renew, turnOff, turnOn } = await import(
  "../src/device/device.ts"
);
const { read, sentenceOf, showing } = await import("../src/device/told.ts");
const { speaking } = await import("../src/sentences.ts");

beforeEach(() => {
  permission = "granted";
  subscription = null;
  listed = [];
  sent = [];
  putStatus = 200;
});

test("a device is told once the user, the browser and the service have agreed", async () => {
  permission = "default";
  assert.equal(await deviceState(), "off");
  assert.equal(await turnOn(), "on");
  assert.deepEqual(sent, [`PUT /${ID}`]);
  assert.equal(await deviceState(), "on");
  assert.equal(await turnOff(), "off");
  assert.equal(subscription, null);
  assert.deepEqual(sent.slice(2), [`DELETE /${ID}`]);
  assert.equal(await deviceState(), "off");
});

test("on an iPhone, whoever has not installed the app is told to", async () => {
  const { PushManager } = browser;
  Reflect.deleteProperty(browser, "PushManager");
  assert.equal(await deviceState(), "unsupported");
  Object.assign(navigator, { standalone: false });
  assert.equal(await deviceState(), "not-installed");
  Object.assign(browser, { PushManager });
  Reflect.deleteProperty(navigator, "standalone");
});

test("who has refused is not asked again", async () => {
  permission = "denied";
  assert.equal(await deviceState(), "denied");
  assert.equal(await turnOn(), "denied");
  assert.deepEqual(sent, []);
});

test("a device that the service does not know is off, whatever the browser says", async () => {
  subscription = new Subscription(KEY);
  assert.equal(await deviceState(), "off");
  // It may be another user's, who was not signed out properly.
  await renew();
  assert.equal(subscription, null);
});

test("a device that is in use is renewed", async () => {
  await turnOn();
  sent = [];
  await renew();
  assert.deepEqual(sent, ["GET ", `PUT /${ID}`]);
  assert.notEqual(subscription, null);
});

test("a subscription with an earlier key of the service is replaced", async () => {
  const other = Buffer.from(KEY, "base64url").fill(7, 1).toString("base64url");
  subscription = new Subscription(other);
  listed = [ID];
  assert.equal(await deviceState(), "off");
  assert.equal(await turnOn(), "on");
  assert.equal(await deviceState(), "on");
});

test("what the service refuses is not kept", async () => {
  putStatus = 409;
  await assert.rejects(turnOn(), /No\./);
  assert.equal(subscription, null);
});

test("a service that has no time just now ends nothing", async () => {
  await turnOn();
  for (const status of [401, 429, 500, 503]) {
    putStatus = status;
    await assert.rejects(renew());
    assert.notEqual(subscription, null, String(status));
  }
});

test("signing out ends it, and a browser that was never asked is left alone", async () => {
  await turnOn();
  sent = [];
  await leaveDevice();
  assert.equal(subscription, null);
  assert.deepEqual(sent, [`DELETE /${ID}`]);
  await leaveDevice();
  assert.equal(sent.length, 1);
});

test("a push says of what kind the news is, and how many people it is about", () => {
  const say = (text: string | undefined) => sentenceOf(read(text), speaking("en", {}, "en"));
  assert.equal(say('{"kind":"like","count":1}'), "Somebody likes your post.");
  assert.equal(say('{"kind":"follow","count":3}   '), "3 people follow you.");
  assert.equal(read('{"kind":"tag","count":1,"topic":"t"}').topic, "t");
  const news = "There is something new in your activity.";
  for (const text of [undefined, "", "no JSON", "null", '{"kind":"toString"}', '{"kind":"new"}']) {
    assert.equal(say(text), news);
  }
});

test("the window that shows the activity is chosen, and no other", () => {
  const windows = ["https://a.example/", "https://a.example/activity?x", "https://a.example/u/a"];
  assert.equal(showing(windows.map((url) => ({ url })))?.url, windows[1]);
  assert.equal(showing([{ url: "https://a.example/upload" }]), undefined);
});

/** Refresh tokens that are exchanged: several tabs of one browser, and Cognito as it behaves. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

type Auth = typeof import("../src/auth.ts");
type Body = Record<string, unknown>;

const REFRESH_KEY = "shutterfeed.refresh";

class Storage_ {
  readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
  removeItem = (key: string) => void this.items.delete(key);
}

/** How many access tokens there have been: no two are the same. */
let issued = 0;

/** Only the newest refresh token is good, as after the minute in which Cognito forgives. */
class Cognito {
  newest = "refresh-1";
  readonly revoked: unknown[] = [];
  readonly exchanged: unknown[] = [];
  secondFactor = false;
  isBusy = false;
  groups: readonly string[] | undefined;
  beforeAnswer: () => void = () => undefined;
  #count = 1;

  answer(operation: string, body: Body): Response {
    switch (operation) {
      case "GetTokensFromRefreshToken":
        return this.#exchange(body.RefreshToken);
      case "RevokeToken":
        this.revoked.push(body.Token);
        return Response.json({});
      case "InitiateAuth":
        if (!this.secondFactor) return this.#tokens();
        return Response.json({
          ChallengeName: "SOFTWARE_TOKEN_MFA",
          Session: "AYABeC1-a-session",
          ChallengeParameters: { USER_ID_FOR_SRP: "7f3e9a52-1c4d-4b8e-9f60-2a5d8c1e7b34" },
        });
      case "RespondToAuthChallenge":
        return this.#second(body);
    }
    throw new Error(operation);
  }

  #exchange(given: unknown): Response {
    if (this.isBusy) return refusal("TooManyRequestsException");
    this.exchanged.push(given);
    if (given !== this.newest) return refusal("RefreshTokenReuseException");
    const answer = this.#tokens();
    this.beforeAnswer();
    return answer;
  }

  #second(body: Body): Response {
    assert.deepEqual(Object.keys(body).sort(), [
      "ChallengeName",
      "ChallengeResponses",
      "ClientId",
      "Session",
    ]);
    assert.equal(body.Session, "AYABeC1-a-session");
    const responses = body.ChallengeResponses as Record<string, string>;
    assert.equal(responses.USERNAME, "7f3e9a52-1c4d-4b8e-9f60-2a5d8c1e7b34");
    const isRight = responses.SOFTWARE_TOKEN_MFA_CODE === "123456";
    return isRight ? this.#tokens() : refusal("CodeMismatchException");
  }

  #tokens(): Response {
    this.#count += 1;
    this.newest = `refresh-${this.#count}`;
    const claims = btoa(JSON.stringify({ sub: "ann", n: ++issued, "cognito:groups": this.groups }));
    const result = { AccessToken: `h.${claims}.s`, ExpiresIn: 900, RefreshToken: this.newest };
    return Response.json({ AuthenticationResult: result });
  }
}

const refusal = (code: string) => Response.json({ __type: code, message: "No." }, { status: 400 });

let cognito: Cognito;
let tabs = 0;
let turn: Promise<unknown> = Promise.resolve();

Object.assign(globalThis, {
  window: { addEventListener: () => undefined, location: { reload: () => undefined } },
  localStorage: new Storage_(),
  sessionStorage: new Storage_(),
  indexedDB: { deleteDatabase: () => undefined },
  BroadcastChannel: class {
    postMessage(): void {} // heard too late, or never
  },
  fetch: async (url: string, init?: RequestInit) => {
    if (url === "/config.json") {
      return Response.json({ userPoolClientId: "client", cognitoUrl: "http://cognito.test/" });
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
    const target = new Headers(init?.headers).get("X-Amz-Target") ?? "";
    const body = JSON.parse(String(init?.body)) as Body;
    assert.equal(body.ClientId, "client");
    return cognito.answer(target.split(".").pop() ?? "", body);
  },
});
Object.defineProperty(globalThis, "navigator", {
  value: {
    onLine: true,
    languages: ["en"],
    locks: {
      request: (_: string, action: () => Promise<unknown>) => {
        turn = turn.then(action, action);
        return turn;
      },
    },
  },
});

/** A page in which one signs in: its session, and what one does there. */
async function page() {
  const [session, acts] = [await import("../src/auth.ts"), await import("../src/sign-in/acts.ts")];
  return { ...session, ...acts };
}

/** A page of its own, which shares what browsers let tabs share. */
async function tab(): Promise<Auth> {
  tabs += 1;
  sessionStorage.removeItem("shutterfeed.access");
  return (await import(`../src/auth.ts?tab=${tabs}`)) as Auth;
}

beforeEach(() => {
  cognito = new Cognito();
  localStorage.setItem(REFRESH_KEY, "refresh-1");
});

test("each refresh token is exchanged once, and the next one is kept", async () => {
  const one = await tab();
  const first = await one.accessToken();
  assert.equal(await one.accessToken(), first);
  assert.notEqual(await one.accessToken(first), first);
  assert.deepEqual(cognito.exchanged, ["refresh-1", "refresh-2"]);
  assert.equal(localStorage.getItem(REFRESH_KEY), "refresh-3");
});

test("tabs that refresh at once all stay signed in", async () => {
  const open = [await tab(), await tab(), await tab()];
  for (let round = 0; round < 3; round += 1) {
    const tokens = await Promise.all(open.map((one) => one.accessToken()));
    assert.equal(new Set(tokens).size, open.length);
    await Promise.all(open.map((one, index) => one.accessToken(tokens[index])));
  }
  assert.equal(new Set(cognito.exchanged).size, cognito.exchanged.length);
  assert.ok(open.every((one) => one.signedIn.value));
});

test("what comes after one has signed out is neither kept nor left good", async () => {
  const one = await tab();
  cognito.beforeAnswer = () => localStorage.removeItem(REFRESH_KEY);
  await assert.rejects(one.accessToken(), { message: /session has ended/ });
  assert.equal(localStorage.getItem(REFRESH_KEY), null);
  assert.deepEqual(cognito.revoked, ["refresh-2"]);
});

test("a refresh token that somebody else has used ends the session", async () => {
  const one = await tab();
  cognito.newest = "stolen-and-exchanged";
  await assert.rejects(one.accessToken(), { message: /session has ended/ });
  assert.equal(one.signedIn.value, false);
});

test("where Cognito is asked too often, the session stays, and asking again may help", async () => {
  const one = await tab();
  cognito.isBusy = true;
  await assert.rejects(one.accessToken(), { name: "Error", message: /could not be reached/ });
  assert.ok(one.signedIn.value);
  cognito.isBusy = false;
  assert.ok(await one.accessToken());
});

test("the code of an authenticator app is the second step of signing in", async () => {
  localStorage.removeItem(REFRESH_KEY);
  const one = await page();
  cognito.secondFactor = true;
  const asked = await one.signIn("ann@example.com", "right");
  assert.ok(asked !== null && !one.signedIn.value);
  await assert.rejects(one.signInWithCode(asked, "000000"), {
    message: "The code is wrong. Please check it.",
  });
  await one.signInWithCode(asked, "123456");
  assert.ok(one.signedIn.value);
  assert.equal(localStorage.getItem(REFRESH_KEY), cognito.newest);
});

test("whoever types the password again gets a session of now, and the one before it ends", async () => {
  const one = await page();
  const before = await one.accessToken();
  const old = localStorage.getItem(REFRESH_KEY);
  assert.equal(await one.signInAnew("right"), null);
  assert.notEqual(await one.accessToken(), before);
  assert.equal(localStorage.getItem(REFRESH_KEY), cognito.newest);
  assert.deepEqual(cognito.revoked, [old]);
});

test("so it is with a second factor, once its code is right", async () => {
  const one = await page();
  const before = await one.accessToken();
  cognito.secondFactor = true;
  const asked = await one.signInAnew("right");
  assert.ok(asked !== null);
  await assert.rejects(one.signInAnewWithCode(asked, "000000"), /code is wrong/);
  assert.equal(await one.accessToken(), before, "the session stays as it was");
  await one.signInAnewWithCode(asked, "123456");
  assert.notEqual(await one.accessToken(), before);
  assert.equal(cognito.revoked.length, 1);
});

test("a token says whether one moderates, and nobody does once it is gone", async () => {
  const one = await tab();
  await one.accessToken();
  assert.equal(one.isModerator.value, false);
  cognito.groups = ["editors", "moderators"];
  await one.accessToken(await one.accessToken());
  assert.equal(one.isModerator.value, true);
  await one.signOut();
  assert.equal(one.isModerator.value, false);
});

/**
 * Who is signed in. The password goes to Cognito and nowhere else.
 *
 * The refresh token stays in localStorage, so that people stay signed in; the access token, good
 * for a quarter of an hour, in sessionStorage, so that a reload needs no refresh. A refresh token is
 * good for one exchange, which gives the next one: one tab makes it for all (a lock), and one whose
 * answer was lost may be made again for a minute. No token is ever in a URL.
 */
import { type AuthenticationResult, cognito } from "./cognito.ts";
import { config } from "./config.ts";
import { CognitoError, NetworkError, SessionOver } from "./errors.ts";
import { forgetKeptFeed } from "./kept-feed.ts";
import { forgetKept } from "./kept-for.ts";
import { reload } from "./layers.ts";
import { Store } from "./store.ts";

const REFRESH_KEY = "shutterfeed.refresh";
const ACCESS_KEY = "shutterfeed.access";
const LOCK = "shutterfeed.refresh";
const MODERATORS = "moderators";
const MARGIN_MS = 60_000; // refreshed so long before it expires

interface Access {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export const signedIn = new Store(localStorage.getItem(REFRESH_KEY) !== null);
/** The reason that the sign-in page gives for being shown. */
export const farewell = new Store<string | null>(null);
/** The session is over while something is on the screen: one signs in again on top of it. */
export const interrupted = new Store(false);
/** Counts changes of the signed-in person: what one did here is not shown to the next. */
export const person = new Store(0);

let access = storedAccess();
/** Whether whoever is signed in is shown the way to the moderators' pages; the API decides who may. */
export const isModerator = new Store(access !== undefined && moderates(access.token));
/** The id of the user whose data this page holds. */
let owner = access === undefined ? null : subject(access.token);
/** Whether the session was good since the page was loaded: then there is something on the screen. */
let hasWorked = false;
let refreshing: Promise<string> | undefined;
/** Those who wait for somebody to sign in again. */
let waiting:
  | { promise: Promise<string>; go: (token: string) => void; stop: () => void }
  | undefined;

/** One tab's refresh serves the others: they hear of the new token here. */
const tabs = new BroadcastChannel("shutterfeed.access");
tabs.onmessage = (event: MessageEvent<Access>) => keep(event.data);

window.addEventListener("storage", (event) => {
  if (event.key !== REFRESH_KEY && event.key !== null) return;
  if (localStorage.getItem(REFRESH_KEY) === null) leave(null);
  else if (!signedIn.value) signedIn.set(true);
  // Another tab has signed in again; if that fails, this one still asks.
  else if (interrupted.value) refreshAlone(undefined).then(goOn, () => undefined);
});

/**
 * A token for the API. `rejected` is one that the API refused, not to be given again. When the
 * session is over and something is on the screen, it comes once one has signed in again: whoever
 * asked goes on then. Raises `SessionOver` or `NetworkError`.
 */
export async function accessToken(rejected?: string): Promise<string> {
  if (!signedIn.value) throw new SessionOver();
  if (isGood(access, rejected)) {
    hasWorked = true;
    return access.token;
  }
  refreshing ??= refreshAlone(rejected)
    .catch((error: unknown) => {
      if (error instanceof SessionOver && signedIn.value) return signedInAgain();
      throw error;
    })
    .finally(() => {
      refreshing = undefined;
    });
  const token = await refreshing;
  hasWorked = true;
  return token;
}

/** Raises `SessionOver` if nothing is on the screen yet, and when one signs out instead. */
function signedInAgain(): Promise<string> {
  if (!hasWorked) throw ended();
  if (waiting === undefined) {
    let go!: (token: string) => void;
    let stop!: () => void;
    const promise = new Promise<string>((resolve, reject) => {
      go = resolve;
      stop = () => reject(new SessionOver());
    });
    waiting = { promise, go, stop };
    interrupted.set(true);
  }
  return waiting.promise;
}

function goOn(token: string): void {
  interrupted.set(false);
  waiting?.go(token);
  waiting = undefined;
}

/** Whether the API can be called without asking Cognito first. */
export function hasAccess(): boolean {
  return signedIn.value && isGood(access);
}

/** Begins a session in place of the one before it, while no tab exchanges the refresh token that goes. */
export async function beginInstead(result: AuthenticationResult): Promise<void> {
  await navigator.locks.request(LOCK, async () => {
    const before = localStorage.getItem(REFRESH_KEY);
    begin(result);
    tabs.postMessage(access);
    if (before !== null) await revoke(before);
  });
}

/** Begins a session with the tokens of a sign-in. */
export function begin(result: AuthenticationResult): void {
  const fresh = asAccess(result);
  forgetKeptFeed();
  localStorage.setItem(REFRESH_KEY, result.RefreshToken!);
  keep(fresh);
  farewell.set(null);
  goOn(fresh.token);
  signedIn.set(true);
}

/** Forgets the session here, and at Cognito as soon as it can be reached. */
export async function signOut(): Promise<void> {
  const token = localStorage.getItem(REFRESH_KEY);
  leave(null);
  if (token !== null) await revoke(token);
}

async function revoke(token: string): Promise<void> {
  try {
    await asClient("RevokeToken", { Token: token });
  } catch (error) {
    // Nothing on this device can use the token any more; it also ends by itself.
    console.warn("The session could not be revoked.", error);
  }
}

/** All sessions were ended on purpose, this one too. */
export function signedOutEverywhere(message: string): void {
  leave(null);
  farewell.set(message);
}

async function asClient(operation: string, body: Record<string, unknown>) {
  const { userPoolClientId } = await config();
  return cognito(operation, { ClientId: userPoolClientId, ...body });
}

/** Lets one tab run after the other. */
async function refreshAlone(rejected: string | undefined): Promise<string> {
  return await navigator.locks.request(LOCK, () => refresh(rejected));
}

async function refresh(rejected: string | undefined): Promise<string> {
  // While this tab waited for the lock, another one may have got a new token, or signed out.
  if (isGood(access, rejected)) return access.token;
  const token = localStorage.getItem(REFRESH_KEY);
  if (token === null) throw new SessionOver();
  try {
    const answer = await asClient("GetTokensFromRefreshToken", { RefreshToken: token });
    const result = answer.AuthenticationResult as AuthenticationResult;
    const next = result.RefreshToken ?? token;
    if (localStorage.getItem(REFRESH_KEY) !== token) {
      // Signed out meanwhile: what comes too late is neither kept nor left good.
      await revoke(next);
      throw new SessionOver();
    }
    localStorage.setItem(REFRESH_KEY, next);
    const fresh = asAccess(result);
    keep(fresh);
    tabs.postMessage(fresh);
    return fresh.token;
  } catch (error) {
    if (!(error instanceof CognitoError)) throw error;
    // Of all else, such as too many requests, nothing can be done but to ask again.
    throw OVER.has(error.code) ? new SessionOver() : new NetworkError();
  }
}

const OVER = new Set([
  "NotAuthorizedException",
  "RefreshTokenReuseException",
  "UserNotFoundException",
  "InvalidParameterException",
]);

/** The session is over: says so on the sign-in page. */
export function ended(): SessionOver {
  const over = new SessionOver();
  leave(over.message);
  return over;
}

/** Without a message, somebody signed out by hand: nothing waits for them to come back. */
function leave(message: string | null): void {
  forgetKeptFeed();
  localStorage.removeItem(REFRESH_KEY);
  sessionStorage.removeItem(ACCESS_KEY);
  access = undefined;
  isModerator.set(false);
  hasWorked = false;
  if (message === null) {
    forgetKept(owner);
    belongTo(null);
  }
  farewell.set(message);
  signedIn.set(false);
  interrupted.set(false);
  waiting?.stop();
  waiting = undefined;
}

function keep(fresh: Access): void {
  access = fresh;
  sessionStorage.setItem(ACCESS_KEY, JSON.stringify(fresh));
  isModerator.set(moderates(fresh.token));
  belongTo(subject(fresh.token));
}

function belongTo(id: string | null): void {
  const isOther = owner !== null && owner !== id;
  owner = id;
  if (!isOther) return;
  person.update((count) => count + 1);
  if (waiting === undefined) return;
  // Somebody else signs in on top of what is shown and asked for: none of it is theirs.
  waiting.stop();
  waiting = undefined;
  reload();
}

/** The id of the account whose data this page holds; null while it is not known. */
export function ownerId(): string | null {
  return owner;
}

interface Claims {
  readonly sub: string;
  readonly "cognito:groups"?: readonly string[];
}

/** What a token, which is a JWT, says of the account. */
function claims(token: string): Claims {
  const [, payload = ""] = token.split(".");
  return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as Claims;
}

/** The account's id. */
function subject(token: string): string {
  return claims(token).sub;
}

function moderates(token: string): boolean {
  return claims(token)["cognito:groups"]?.includes(MODERATORS) ?? false;
}

/** The account of whoever is signed in, by which Cognito knows it. Raises what `accessToken` does. */
export async function account(): Promise<string> {
  return owner ?? subject(await accessToken());
}

function asAccess(result: AuthenticationResult): Access {
  return { token: result.AccessToken, expiresAt: Date.now() + result.ExpiresIn * 1000 };
}

function isGood(held: Access | undefined, rejected?: string): held is Access {
  return held !== undefined && held.token !== rejected && held.expiresAt - MARGIN_MS > Date.now();
}

function storedAccess(): Access | undefined {
  const stored = sessionStorage.getItem(ACCESS_KEY);
  return stored === null ? undefined : (JSON.parse(stored) as Access);
}

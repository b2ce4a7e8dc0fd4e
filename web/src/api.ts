/** The API, typed by its own OpenAPI document: calls that the API does not know do not compile. */

import type { paths } from "../build/openapi.d.ts";
import { accessToken, ended } from "./auth.ts";
import { early } from "./early.ts";
import { ApiError, explained, NetworkError } from "./errors.ts";
import { t } from "./language.ts";
import { learnStanding } from "./standing.ts";

export type * from "../build/openapi.d.ts";

const BASE = "/api";
const TIMEOUT_MS = 30_000;
const PATIENCE_MS = [400, 1500];
/** The service is starting or overloaded: nothing was done, so asking again is safe. */
const TRY_AGAIN = new Set([502, 503, 504]);

type Method = "get" | "put" | "post" | "patch" | "delete";

type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>;

type PathsWith<M extends Method> = {
  [P in keyof paths]: NonNullable<paths[P][M]> extends { responses: unknown } ? P : never;
}[keyof paths];

type Parameters_<O> = O extends { parameters: infer P } ? P : never;
type Of<O, K extends string> = Parameters_<O> extends { [k in K]: infer V } ? V : undefined;
type OfOptional<O, K extends string> =
  Parameters_<O> extends { [k in K]?: infer V } ? V : undefined;
type Body<O> = O extends { requestBody: { content: { "application/json": infer B } } }
  ? B
  : undefined;

type Answer<O> = O extends { responses: infer R }
  ? R extends { 200: { content: { "application/json": infer B } } }
    ? B
    : R extends { 201: { content: { "application/json": infer B } } }
      ? B
      : R extends { 202: { content: { "application/json": infer B } } }
        ? B
        : undefined
  : never;

/** The values that an operation takes; those that it needs are required. */
type Given<O> = Keep<{
  path: Of<O, "path">;
  header: Of<O, "header">;
  body: Body<O>;
}> & {
  query?: OfOptional<O, "query">;
  signal?: AbortSignal;
  /** A second request of a `post` changes nothing more, also without an idempotency key. */
  repeats?: boolean;
};
type Keep<T> = { [K in keyof T as T[K] extends undefined ? never : K]: T[K] };

/** The keys of `Given` that are required. */
type Required_<O> = keyof Keep<{
  path: Of<O, "path">;
  header: Of<O, "header">;
  body: Body<O>;
}>;

type Arguments<O> = [Required_<O>] extends [never] ? [given?: Given<O>] : [given: Given<O>];

interface Loose {
  path?: Record<string, string>;
  header?: Record<string, string>;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  signal?: AbortSignal;
  repeats?: boolean;
}

/**
 * Calls an operation as the signed-in user.
 *
 * Raises `ApiError` where the API refuses, `NetworkError` where no answer comes, `SessionOver`
 * where nobody is signed in any more.
 */
export async function call<M extends Method, P extends PathsWith<M>>(
  method: M,
  path: P,
  ...[given]: Arguments<Operation<P, M>>
): Promise<Answer<Operation<P, M>>> {
  const loose = (given ?? {}) as Loose;
  let token = await accessToken();
  let response = await patiently(method, path, loose, token);
  if (response.status === 401) {
    token = await accessToken(token);
    response = await patiently(method, path, loose, token);
    if (response.status === 401) throw ended();
  }
  if (response.status === 403) learnStanding(await refusal(response.clone()));
  return (await answerOf(response)) as Answer<Operation<P, M>>;
}

/** The operations that take no token: what everybody may see. */
type PublicPaths = Extract<PathsWith<"get">, `/public/${string}`>;

/** Reads what everybody may see. Raises the same errors as `call`, except `SessionOver`. */
export async function read<P extends PublicPaths>(
  path: P,
  ...[given]: Arguments<Operation<P, "get">>
): Promise<Answer<Operation<P, "get">>> {
  const response = await patiently("get", path, (given ?? {}) as Loose, null);
  return (await answerOf(response)) as Answer<Operation<P, "get">>;
}

async function answerOf(response: Response): Promise<unknown> {
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? undefined : body(response);
}

async function patiently(
  method: Method,
  path: string,
  given: Loose,
  token: string | null,
): Promise<Response> {
  for (const delay of PATIENCE_MS) {
    const response = await send(method, path, given, token);
    if (!TRY_AGAIN.has(response.status) || !isRepeatable(method, given)) return response;
    await new Promise((resolve) => setTimeout(resolve, delay));
  }
  return send(method, path, given, token);
}

/** Whether a second request of this kind changes nothing more. */
function isRepeatable(method: Method, given: Loose): boolean {
  return method !== "post" || "Idempotency-Key" in (given.header ?? {}) || given.repeats === true;
}

async function send(
  method: Method,
  path: string,
  given: Loose,
  token: string | null,
): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signed = token === null ? {} : { Authorization: `Bearer ${token}` };
  const headers: Record<string, string> = { ...signed, ...given.header };
  const init: RequestInit = {
    method: method.toUpperCase(),
    headers,
    signal: given.signal ? AbortSignal.any([given.signal, timeout]) : timeout,
  };
  if (given.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(given.body);
  }
  const url = BASE + filled(path, given.path) + queryString(given.query);
  try {
    const sent = token === null ? undefined : early(method, url, token);
    return await (sent ?? fetch(url, init));
  } catch (error) {
    if (given.signal?.aborted) throw error;
    throw new NetworkError();
  }
}

function filled(path: string, values: Record<string, string> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}

function queryString(query: Loose["query"] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  if (given.length === 0) return "";
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

async function body(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw new NetworkError(); // the answer broke off
  }
}

/**
 * The messages for answers that are not the API's own: the gateway in front of it, and CloudFront,
 * answer some requests by themselves, and their texts are not for people.
 */
const NOT_OURS: Readonly<Record<number, string>> = {
  404: t("This page is older or newer than the service. Please reload it."),
  413: t("What you sent is larger than Shutterfeed accepts. Please make it shorter or smaller."),
  429: t("Shutterfeed gets too many requests at the moment. Please try again in a minute."),
};

async function refusal(response: Response): Promise<ApiError> {
  const message = NOT_OURS[response.status] ?? t("Shutterfeed has a problem. Please try again.");
  const unknown = { code: "unavailable", message };
  let detail: { code: string; message: string; field?: string | null } = unknown;
  try {
    const answer = (await response.json()) as { error?: typeof detail };
    detail = answer.error ?? unknown;
  } catch {
    // The answer is not the API's, but of something in front of it.
  }
  return new ApiError(
    response.status,
    detail.code,
    explained("error", detail),
    detail.field ?? null,
  );
}

/** The app's own files, kept so that it opens without a network; what it shows, its pages keep. */

/** The page and all that it may load, and a name that changes with any of them. Set by `build.mjs`. */
declare const SHELL: readonly string[];
declare const SHELL_NAME: string;

const PREFIX = "shutterfeed.shell.";
const PAGE = "/";

/** All or nothing: a worker whose files are not all there does not take the place of an older one. */
export async function keepShell(): Promise<void> {
  const shell = await caches.open(PREFIX + SHELL_NAME);
  await shell.addAll([new Request(PAGE, { cache: "reload" }), ...SHELL]);
}

/** No page uses them any more: a worker becomes active once all of an older one's have been closed. */
export async function leaveOlderShells(): Promise<void> {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith(PREFIX) && name !== PREFIX + SHELL_NAME);
  await Promise.all(older.map((name) => caches.delete(name)));
}

/**
 * The answer to a request: from the network wherever that answers. Undefined where the browser asks as
 * it would without a worker. `preloaded` is what came for a page while the worker was starting.
 */
export function answerOffline(
  request: Request,
  preloaded: Promise<Response | undefined>,
): Promise<Response> | undefined {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return undefined;
  if (request.mode === "navigate") return isPage(pathname) ? page(request, preloaded) : undefined;
  // Named by their content, so that what is kept is right for ever.
  if (pathname.startsWith("/assets/")) return kept(request);
  if (request.destination === "image") return orKept(request);
  return undefined;
}

function isPage(path: string): boolean {
  return !/^\/(api|media|assets)\/|^\/docs$|\.\w+$/.test(path);
}

async function page(request: Request, preloaded: Promise<Response | undefined>): Promise<Response> {
  try {
    return (await preloaded) ?? (await fetch(request));
  } catch (error) {
    return (await caches.match(PAGE)) ?? failed(error);
  }
}

/** What the list does not have, such as the messages of a language, is kept once it was needed. */
async function kept(request: Request): Promise<Response> {
  const found = await caches.match(request);
  if (found !== undefined) return found;
  const response = await fetch(request);
  if (response.ok) {
    const copy = response.clone();
    const shell = await caches.open(PREFIX + SHELL_NAME);
    // Where there is no room, the page still gets its file.
    shell.put(request, copy).catch(() => undefined);
  }
  return response;
}

async function orKept(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    return (await caches.match(request)) ?? failed(error);
  }
}

/** Raises the network's error: nothing is kept that could be shown. */
function failed(error: unknown): never {
  throw error;
}

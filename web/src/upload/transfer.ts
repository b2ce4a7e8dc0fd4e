/** Sends one file straight to storage: in one form, or in parts of which several go at once. */
import { call, type UploadLink } from "../api.ts";
import { explained, Failure, NetworkError } from "../errors.ts";
import { t } from "../language.ts";
import { arrivedBytes, codeOf, meaning, type Piece, pieces, RETRY_DELAYS } from "./parts.ts";

/** More are hardly faster, and leave more half-sent behind when a slow connection breaks. */
const PARTS_AT_ONCE = 2;
const STALLED_MS = 60_000;

export interface Sending {
  readonly signal: AbortSignal;
  /** Bytes that have arrived so far. */
  readonly onProgress: (bytes: number) => void;
}

/** The storage has answered, but has not taken the bytes. */
class Refused extends Failure {
  readonly meaning: ReturnType<typeof meaning>;

  constructor(status: number, code: string) {
    super(
      t("The storage did not accept the file: {code} ({status}).", {
        code: code || "-",
        status: String(status),
      }),
    );
    this.meaning = meaning(status, code);
  }
}

/**
 * Sends what is missing of the file. A link that has expired is replaced by a fresh one, once.
 * Raises `Failure`, or the signal's reason.
 */
export async function sendFile(file: File, link: UploadLink, sending: Sending): Promise<void> {
  try {
    await sendBy(file, link, sending);
  } catch (error) {
    if (!(error instanceof Refused) || error.meaning !== "renew") throw error;
    const fresh = await freshLink(link.media_id);
    if (fresh !== null) await sendBy(file, fresh, sending);
  }
}

/** Null if the bytes are there already. Raises `Failure` if it is too late for them. */
export async function freshLink(mediaId: string): Promise<UploadLink | null> {
  const state = await call("get", "/me/uploads/{media_id}", { path: { media_id: mediaId } });
  const { failure } = state.upload;
  if (failure !== null) throw new Failure(explained("failure", failure));
  if (state.link === null && state.upload.state === "awaiting") {
    throw new Failure(t("This upload has expired. Please post the file again."));
  }
  return state.link;
}

async function sendBy(file: File, link: UploadLink, sending: Sending): Promise<void> {
  if (link.multipart) {
    await sendParts(file, pieces(link.multipart), sending);
    await call("post", "/me/uploads/{media_id}/complete", {
      path: { media_id: link.media_id },
      repeats: true,
    });
  } else {
    const form = new FormData();
    for (const [name, value] of Object.entries(link.fields ?? {})) form.append(name, value);
    form.append("file", file);
    // The form is a little longer than the file in it.
    const onProgress = (bytes: number) => sending.onProgress(Math.min(bytes, file.size));
    const { signal } = sending;
    await persistently(sending, () => send("POST", link.url ?? "", form, { signal, onProgress }));
  }
  sending.onProgress(file.size);
}

async function sendParts(file: File, missing: readonly Piece[], sending: Sending): Promise<void> {
  const arrived = arrivedBytes(file.size, missing);
  const sent = new Map<number, number>();
  const waiting = [...missing];

  const report = () => {
    let sum = arrived;
    for (const bytes of sent.values()) sum += bytes;
    sending.onProgress(sum);
  };

  // One part that fails for good stops the others.
  const stop = new AbortController();
  const signal = AbortSignal.any([sending.signal, stop.signal]);

  const sender = async () => {
    for (let piece = waiting.shift(); piece !== undefined; piece = waiting.shift()) {
      const { number, url, start, end } = piece;
      const onProgress = (bytes: number) => {
        sent.set(number, Math.min(bytes, end - start));
        report();
      };
      await persistently(sending, () =>
        send("PUT", url, file.slice(start, end), { signal, onProgress }),
      );
      onProgress(end - start);
    }
  };

  report();
  try {
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, sender));
  } catch (error) {
    stop.abort(error);
    throw error;
  }
}

/** Repeats a request that a broken connection or a busy storage made fail. */
async function persistently(sending: Sending, attempt: () => Promise<void>): Promise<void> {
  for (const delay of RETRY_DELAYS) {
    try {
      return await attempt();
    } catch (error) {
      sending.signal.throwIfAborted();
      const passes =
        error instanceof Refused ? error.meaning === "passes" : error instanceof NetworkError;
      if (!passes) throw error;
      await pause(delay, sending.signal);
    }
  }
  try {
    await attempt();
  } catch (error) {
    if (error instanceof NetworkError && (await isApiReached())) throw new StorageUnreached();
    throw error;
  }
}

/** The network is there: a redirect of the storage, or a filter in between, looks like this. */
class StorageUnreached extends Failure {
  constructor() {
    super(
      t(
        "Shutterfeed can be reached, but its storage for files cannot. Please check your network. Please try again later, or from another network.",
      ),
    );
  }
}

async function isApiReached(): Promise<boolean> {
  try {
    return (await fetch("/api/health", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

/** Waits for this time, and then until there is a connection. */
function pause(delay: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const go = () => {
      signal.removeEventListener("abort", stop);
      resolve();
    };
    const timer = setTimeout(() => {
      if (navigator.onLine) go();
      else window.addEventListener("online", go, { once: true });
    }, delay);
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** One request by XMLHttpRequest, because fetch tells nothing of what it has sent. */
function send(
  method: "POST" | "PUT",
  url: string,
  body: FormData | Blob,
  { signal, onProgress }: Sending,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    let stalled: ReturnType<typeof setTimeout>;
    const watch = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED_MS);
    };
    const settle = (done: () => void) => {
      clearTimeout(stalled);
      signal.removeEventListener("abort", abort);
      done();
    };
    const abort = () => request.abort();
    signal.addEventListener("abort", abort, { once: true });
    request.upload.onprogress = (event) => {
      watch();
      onProgress(event.loaded);
    };
    request.onload = () =>
      settle(() => {
        if (request.status < 300) resolve();
        else reject(new Refused(request.status, codeOf(request.responseText)));
      });
    request.onerror = () => settle(() => reject(new NetworkError()));
    request.onabort = () =>
      settle(() => reject(signal.aborted ? (signal.reason as Error) : new NetworkError()));
    request.open(method, url);
    request.send(body);
    watch();
  });
}

/** The forms that send a request as whoever is signed in on this site, by the web client's session. */
import { accessToken, interrupted, signedIn } from "../src/auth.ts";
import { NetworkError, sentence } from "../src/errors.ts";
import { fill } from "./request.ts";

const BASE = "/api";
const TIMEOUT_MS = 30_000;

export function enable(): void {
  for (const details of document.querySelectorAll<HTMLElement>(".docs-try")) details.hidden = false;
  for (const form of document.querySelectorAll<HTMLFormElement>(".docs-try form")) {
    const key = form.elements.namedItem("header.Idempotency-Key");
    if (key instanceof HTMLInputElement) key.value = crypto.randomUUID();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void send(form);
    });
  }
  signedIn.watch(show);
  interrupted.watch(show);
  show();
}

/** What needs somebody signed in cannot be sent without. */
function show(): void {
  const isSignedIn = signedIn.value && !interrupted.value;
  for (const form of document.querySelectorAll<HTMLFormElement>(".docs-try form")) {
    const canSend = isSignedIn || form.dataset.needsToken === undefined;
    form.querySelector("button")!.disabled = !canSend;
    form.querySelector<HTMLElement>(".docs-signed-out")!.hidden = canSend;
  }
}

async function send(form: HTMLFormElement): Promise<void> {
  const output = form.querySelector<HTMLElement>("[role=status]")!;
  output.replaceChildren("Sending…");
  try {
    const { status, text } = await answerTo(await requestOf(form));
    output.replaceChildren(status, ...shown(text));
  } catch (error) {
    output.replaceChildren(sentence(error));
  }
}

/** Raises `NetworkError` if there is none. */
async function answerTo(request: Request): Promise<{ status: string; text: string }> {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: `${response.status} ${response.statusText}`, text: await response.text() };
  } catch {
    throw new NetworkError();
  }
}

async function requestOf(form: HTMLFormElement): Promise<Request> {
  const { method = "GET", path = "/", needsToken } = form.dataset;
  const { url, headers, body } = fill(BASE, path, new FormData(form));
  if (needsToken !== undefined) headers.set("Authorization", `Bearer ${await accessToken()}`);
  return new Request(url, { method, headers, body });
}

function shown(text: string): Node[] {
  if (text === "") return [];
  const block = document.createElement("pre");
  block.textContent = pretty(text);
  return [block];
}

/** JSON in lines; anything else as it came. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

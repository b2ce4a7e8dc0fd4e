/** What the documentation page does in a browser: without it, it can be read, and nothing tried. */
import { config } from "../src/config.ts";
import { enable } from "./try.ts";

const WIDE = "(min-width: 64em)";

function fill(selector: string, text: string): void {
  for (const element of document.querySelectorAll(selector)) element.textContent = text;
}

async function fillIn(): Promise<void> {
  fill("[data-api]", `${window.location.origin}/api`);
  const { cognitoUrl, userPoolClientId } = await config();
  fill("[data-cognito]", cognitoUrl);
  fill("[data-client]", userPoolClientId);
}

document.querySelector<HTMLDetailsElement>(".docs-contents")!.open = matchMedia(WIDE).matches;
enable();
// Without an answer, the page says in general what is to be put in.
fillIn().catch(() => undefined);

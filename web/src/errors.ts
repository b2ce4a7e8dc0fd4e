/**
 * What can go wrong, as the app sees it.
 *
 *     Failure             message is a sentence for people
 *     ├── ApiError        the API refused: status, stable code, offending field
 *     ├── CognitoError    the user pool refused: its exception's name
 *     ├── NetworkError    no answer came: offline, or the connection broke
 *     └── SessionOver     nobody is signed in any more
 */
import { t, translated } from "./language.ts";

export class Failure extends Error {}

export class ApiError extends Failure {
  readonly status: number;
  readonly code: string;
  readonly field: string | null;

  constructor(status: number, code: string, message: string, field: string | null) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

export class CognitoError extends Failure {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export class NetworkError extends Failure {
  constructor() {
    super(
      navigator.onLine
        ? t("Shutterfeed could not be reached. Please try again.")
        : t("You are offline. Please try again once you are connected."),
    );
  }
}

export class SessionOver extends Failure {
  constructor() {
    super(t("Your session has ended. Please sign in again."));
  }
}

/** A sentence for people, whatever was thrown. */
export function sentence(error: unknown): string {
  if (error instanceof Failure) return error.message;
  console.error(error);
  return t("Something went wrong. Please try again.");
}

/** What the API says of a code, in the reader's language if that is not English. */
export function explained(
  kind: "error" | "failure" | "note",
  { code, message }: { readonly code: string; readonly message: string },
): string {
  return translated(`${kind} ${code}`) ?? message;
}

/** Whether the same may succeed a while later, with nothing changed here. */
export function passes(error: unknown): boolean {
  if (error instanceof ApiError) return error.status === 429 || error.status >= 500;
  return error instanceof NetworkError;
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** What differs from one deployment to another, such as where the user pool is. The API is always under /api. */
import { NetworkError } from "./errors.ts";

export interface Config {
  readonly userPoolClientId: string;
  readonly accountClientId: string;
  readonly cognitoUrl: string;
  /** For how many days one can come back to a closed account; with 0, not at all. */
  readonly closingDays: number;
  /** With what a browser subscribes to be told of activity; null if no device is told. */
  readonly pushKey?: string | null;
}

let loading: Promise<Config> | undefined;

/** Raises `NetworkError` if it cannot be fetched; the next call tries again. */
export function config(): Promise<Config> {
  loading ??= fetchConfig().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function fetchConfig(): Promise<Config> {
  try {
    const response = await fetch("/config.json", { cache: "no-cache" });
    if (!response.ok) throw new NetworkError();
    return (await response.json()) as Config;
  } catch {
    throw new NetworkError();
  }
}

/**
 * The user pool, asked directly: passwords and codes go there and nowhere else.
 *
 * It knows this app as two clients. Tokens of the first are for the API. Tokens of the account client
 * change the account itself; they are made for a password that is typed at that moment (account.ts).
 * What people type for it is asked by `sign-in/passwords.ts`, which says what is wrong in their words.
 */
import { config } from "./config.ts";
import { CognitoError, NetworkError } from "./errors.ts";

export type Fields = Record<string, unknown>;

export interface AuthenticationResult {
  AccessToken: string;
  ExpiresIn: number;
  RefreshToken?: string;
}

/** Raises `CognitoError`, with the pool's own words, or `NetworkError`. */
export async function cognito(operation: string, body: Fields): Promise<Fields> {
  const { cognitoUrl } = await config();
  let response: Response;
  try {
    response = await fetch(cognitoUrl, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify(body),
    });
  } catch {
    throw new NetworkError();
  }
  const text = await response.text();
  const answer = (text === "" ? {} : JSON.parse(text)) as Fields;
  if (response.ok) return answer;
  const code =
    String(answer.__type ?? "")
      .split("#")
      .pop() ?? "";
  throw new CognitoError(code, String(answer.message ?? ""));
}

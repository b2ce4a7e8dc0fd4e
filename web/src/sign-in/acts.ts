/** Signing in and up, and what belongs to that. `auth.ts` has the session that comes of it. */
import { account, begin, beginInstead } from "../auth.ts";
import type { Fields } from "../cognito.ts";
import { config } from "../config.ts";
import { CognitoError } from "../errors.ts";
import { answerCode, answerPassword, asked, type Challenge, isChallenge } from "./passwords.ts";

/** If the account has a second factor, it is asked for: `signInWithCode` then signs in. */
export async function signIn(email: string, password: string): Promise<Challenge | null> {
  const { userPoolClientId } = await config();
  const answer = await answerPassword(userPoolClientId, email, password);
  if (isChallenge(answer)) return answer;
  begin(answer);
  return null;
}

export async function signInWithCode(challenge: Challenge, code: string): Promise<null> {
  begin(await answerCode(challenge, code));
  return null;
}

/**
 * Signs in once more as whoever is signed in: what cannot be taken back wants a sign-in of a moment ago.
 * The session before it ends. If the account has a second factor, `signInAnewWithCode` takes its code.
 */
export async function signInAnew(password: string): Promise<Challenge | null> {
  const { userPoolClientId } = await config();
  const answer = await answerPassword(userPoolClientId, await account(), password);
  if (isChallenge(answer)) return answer;
  await beginInstead(answer);
  return null;
}

export async function signInAnewWithCode(challenge: Challenge, code: string): Promise<null> {
  await beginInstead(await answerCode(challenge, code));
  return null;
}

export const signUp = (email: string, password: string) =>
  asClient("SignUp", {
    Username: email,
    Password: password,
    UserAttributes: [{ Name: "email", Value: email }],
  });

/** A repetition is no error: the address is confirmed already. */
export async function confirmSignUp(email: string, code: string): Promise<void> {
  try {
    await asClient("ConfirmSignUp", { Username: email, ConfirmationCode: code });
  } catch (error) {
    if (!(error instanceof CognitoError && error.code === "NotAuthorizedException")) throw error;
  }
}

export const resendCode = (email: string) =>
  asClient("ResendConfirmationCode", { Username: email });

export const forgotPassword = (email: string) => asClient("ForgotPassword", { Username: email });

export const setNewPassword = (email: string, code: string, password: string) =>
  asClient("ConfirmForgotPassword", {
    Username: email,
    ConfirmationCode: code,
    Password: password,
  });

async function asClient(operation: string, body: Fields): Promise<Fields> {
  const { userPoolClientId } = await config();
  return asked(operation, { ClientId: userPoolClientId, ...body });
}

/**
 * Changes of the account itself: its address, its password, its second factor.
 *
 * Each needs a token of the account client, which is made for the password (and the code, if the
 * account has a second factor) that is typed at that moment. It lives for five minutes, and only in
 * this page's memory.
 */
import { account } from "./auth.ts";
import type { AuthenticationResult } from "./cognito.ts";
import { config } from "./config.ts";
import { CognitoError } from "./errors.ts";
import { keyLink } from "./key-link.ts";
import {
  answerCode,
  answerPassword,
  asked,
  type Challenge,
  isChallenge,
} from "./sign-in/passwords.ts";

/** The right to change the account, for a few minutes. */
export interface Permit {
  readonly token: string;
  readonly email: string;
  readonly hasSecondFactor: boolean;
}

/** The key that an authenticator app needs, and the link by which an app on this device takes it. */
export interface SecondFactorKey {
  readonly key: string;
  readonly link: string;
}

export async function prove(password: string): Promise<Permit | Challenge> {
  const { accountClientId } = await config();
  const answer = await answerPassword(accountClientId, await account(), password);
  return isChallenge(answer) ? answer : permit(answer);
}

export async function proveWithCode(challenge: Challenge, code: string): Promise<Permit> {
  return permit(await answerCode(challenge, code));
}

async function permit({ AccessToken: token }: AuthenticationResult): Promise<Permit> {
  const user = await asked("GetUser", { AccessToken: token });
  const attributes = user.UserAttributes as { Name: string; Value: string }[];
  const email = attributes.find(({ Name }) => Name === "email")?.Value ?? "";
  const factors = (user.UserMFASettingList ?? []) as string[];
  return { token, email, hasSecondFactor: factors.length > 0 };
}

/** Whether the permit has run out: the password is then asked for again. */
export function hasRunOut(error: unknown): boolean {
  return error instanceof CognitoError && error.code === "NotAuthorizedException";
}

export async function changePassword(held: Permit, old: string, fresh: string): Promise<void> {
  await asked("ChangePassword", {
    AccessToken: held.token,
    PreviousPassword: old,
    ProposedPassword: fresh,
  });
}

/** The permit with the new address; null if a code was sent there: until it is typed, the old one
 * stays. */
export async function changeEmail(held: Permit, email: string): Promise<Permit | null> {
  const answer = await asked("UpdateUserAttributes", {
    AccessToken: held.token,
    UserAttributes: [{ Name: "email", Value: email }],
  });
  const sent = (answer.CodeDeliveryDetailsList ?? []) as unknown[];
  return sent.length > 0 ? null : { ...held, email };
}

/** The permit with the new address, once the code that was sent there is right. */
export async function confirmEmail(held: Permit, email: string, code: string): Promise<Permit> {
  await asked("VerifyUserAttribute", {
    AccessToken: held.token,
    AttributeName: "email",
    Code: code,
  });
  return { ...held, email };
}

export async function newSecondFactor(held: Permit): Promise<SecondFactorKey> {
  const answer = await asked("AssociateSoftwareToken", { AccessToken: held.token });
  const key = String(answer.SecretCode);
  return { key, link: keyLink(held.email, key) };
}

/** Turns the second factor on, once the app's first code is right. */
export async function confirmSecondFactor(held: Permit, code: string): Promise<void> {
  await asked("VerifySoftwareToken", { AccessToken: held.token, UserCode: code });
  await setSecondFactor(held, true);
}

export async function dropSecondFactor(held: Permit): Promise<void> {
  await setSecondFactor(held, false);
}

async function setSecondFactor(held: Permit, isOn: boolean): Promise<void> {
  await asked("SetUserMFAPreference", {
    AccessToken: held.token,
    SoftwareTokenMfaSettings: { Enabled: isOn, PreferredMfa: isOn },
  });
}

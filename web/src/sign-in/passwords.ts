/** What people type, asked of the user pool: passwords and codes, and what is wrong with them in words. */
import { type AuthenticationResult, cognito, type Fields } from "../cognito.ts";
import { CognitoError } from "../errors.ts";
import { t } from "../language.ts";

/** The account has a second factor: `answerCode` takes it, with the code of the app. */
export interface Challenge {
  readonly clientId: string;
  readonly session: string;
  readonly username: string;
}

const SECOND_FACTOR = "SOFTWARE_TOKEN_MFA";

/** Tokens for a password, or what else the account asks for. */
export async function answerPassword(
  clientId: string,
  username: string,
  password: string,
): Promise<AuthenticationResult | Challenge> {
  const answer = await asked("InitiateAuth", {
    ClientId: clientId,
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: username, PASSWORD: password },
  });
  if (answer.ChallengeName !== SECOND_FACTOR) return resultOf(answer);
  const parameters = answer.ChallengeParameters as Record<string, string>;
  const known = parameters.USER_ID_FOR_SRP ?? username;
  return { clientId, session: String(answer.Session), username: known };
}

/** Tokens for the code of an authenticator app. */
export async function answerCode(
  challenge: Challenge,
  code: string,
): Promise<AuthenticationResult> {
  try {
    const answer = await asked("RespondToAuthChallenge", {
      ClientId: challenge.clientId,
      ChallengeName: SECOND_FACTOR,
      Session: challenge.session,
      ChallengeResponses: { USERNAME: challenge.username, [`${SECOND_FACTOR}_CODE`]: code },
    });
    return resultOf(answer);
  } catch (error) {
    // Not the password, which was right: the code came too late, or too many were wrong.
    if (error instanceof CognitoError && error.code === "NotAuthorizedException") {
      throw new CognitoError(TOO_LATE, t("That took too long. Please start again."));
    }
    throw error;
  }
}

const TOO_LATE = "ChallengeOver";

/** Whether the password has to be typed once more. */
export function isOver(error: unknown): boolean {
  return error instanceof CognitoError && error.code === TOO_LATE;
}

export function isChallenge(answer: AuthenticationResult | Challenge): answer is Challenge {
  return "session" in answer;
}

function resultOf(answer: Fields): AuthenticationResult {
  const result = answer.AuthenticationResult as AuthenticationResult | undefined;
  if (result === undefined) {
    throw new CognitoError(
      "Challenge",
      t("This account needs a sign-in step that this app does not support."),
    );
  }
  return result;
}

/** Asks the user pool. Raises `CognitoError` with a sentence for people, or `NetworkError`. */
export async function asked(operation: string, body: Fields): Promise<Fields> {
  try {
    return await cognito(operation, body);
  } catch (error) {
    if (!(error instanceof CognitoError)) throw error;
    const { code, message } = error;
    throw new CognitoError(code, SENTENCES[code] ?? (message || t("Please try again.")));
  }
}

const SENTENCES: Record<string, string> = {
  AliasExistsException: t("There is an account with this e-mail address already. Sign in instead."),
  CodeDeliveryFailureException: t("The e-mail could not be sent. Is the address right?"),
  CodeMismatchException: t("The code is wrong. Please check it."),
  EnableSoftwareTokenMFAException: t("The code is wrong. Please check it."),
  ExpiredCodeException: t("This code has expired. Please ask for a new one."),
  InvalidPasswordException: t(
    "A password has at least 10 characters, among them a capital and a small letter, a digit and a symbol.",
  ),
  LimitExceededException: t("Too many attempts. Please wait a while and try again."),
  NotAuthorizedException: t("The e-mail address or the password is wrong."),
  PasswordResetRequiredException: t("You need a new password. Set it with “Forgot password?”."),
  TooManyFailedAttemptsException: t("Too many attempts. Please wait a while and try again."),
  TooManyRequestsException: t("Too many attempts. Please wait a while and try again."),
  UserNotConfirmedException: t("This account is not confirmed yet."),
  UserNotFoundException: t("The e-mail address or the password is wrong."),
  UsernameExistsException: t(
    "There is an account with this e-mail address already. Sign in instead.",
  ),
};

/** Closing one's account. The password is asked for again. */

import { useState } from "preact/hooks";
import { call } from "../api.ts";
import { signedOutEverywhere } from "../auth.ts";
import { Retry } from "../components/endless.tsx";
import { Page } from "../components/page.tsx";
import { config } from "../config.ts";
import { ApiError } from "../errors.ts";
import { parts, t } from "../language.ts";
import { useResource } from "../resource.ts";
import { navigate } from "../router.ts";
import { signInAnew, signInAnewWithCode } from "../sign-in/acts.ts";
import type { Challenge } from "../sign-in/passwords.ts";
import { day } from "../text.ts";
import { Form, SecondFactorField, SecretField, useTwoSteps } from "../views/sign-in-form.tsx";
import { whatFollows } from "./words.ts";

export function CloseAccountView() {
  const { value, error, retry } = useResource("config", config);
  return (
    <Page title={t("Close your account")} class="page-narrow">
      <section class="prose" aria-labelledby="what-happens">
        <h2 id="what-happens">{t("What happens")}</h2>
        <ul>
          <li>
            {t(
              "At once, nobody sees your profile, posts, comments and likes any more, and you are no follower of anybody.",
            )}
          </li>
          {value && whatFollows(value.closingDays).map((told) => <li key={told}>{told}</li>)}
        </ul>
        {error && <Retry message={error} onRetry={retry} />}
        <p>
          {parts("Do you want to keep your photos? {download} first.", {
            download: (
              <a class="text-link" href="/settings/export">
                {t("Download your data")}
              </a>
            ),
          })}
        </p>
      </section>
      <CloseForm />
    </Page>
  );
}

function CloseForm() {
  const [password, setPassword] = useState("");
  const [isProven, setProven] = useState(false);

  /** Closes the account once the sign-in is done; if only closing fails, only that is tried again. */
  async function closeAfter(signIn: () => Promise<Challenge | null>): Promise<Challenge | null> {
    const asked = isProven ? null : await signIn();
    if (asked !== null) return asked;
    setProven(true);
    const { erased_at } = await call("post", "/me/closing", { repeats: true });
    // All sessions have ended with it, this one too.
    signedOutEverywhere(
      (await config()).closingDays === 0
        ? t("Your account is closed. Everything of yours is being erased.")
        : t("Your account is closed. Until {day} you can sign in and come back to it.", {
            day: day(erased_at),
          }),
    );
    navigate("/", { replace: true }); // whoever signs in again has nothing to do here
    return null;
  }

  const form = useTwoSteps<null>(
    () => closeAfter(() => signInAnew(password)),
    async (asked, code) => {
      await closeAfter(() => signInAnewWithCode(asked, code));
      return null;
    },
    () => undefined,
    (error) => {
      if (error instanceof ApiError && error.code === "recent_sign_in_required") setProven(false);
      throw error;
    },
  );
  return (
    <Form {...form} action={t("Close my account")} danger>
      {form.asksForCode ? (
        <SecondFactorField form={form} />
      ) : (
        <SecretField
          problem={form.problem}
          complete="current-password"
          value={password}
          onValue={setPassword}
        />
      )}
    </Form>
  );
}

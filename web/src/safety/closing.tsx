/** Closing one's account. The password is asked for again. */

import { useState } from "preact/hooks";
import { call } from "../api.ts";
import { signedOutEverywhere, signInAnew, signInAnewWithCode } from "../auth.ts";
import type { Challenge } from "../cognito.ts";
import { Page } from "../components/page.tsx";
import { ApiError } from "../errors.ts";
import { parts, t } from "../language.ts";
import { navigate } from "../router.ts";
import { day } from "../text.ts";
import { Form, SecondFactorField, SecretField, useTwoSteps } from "../views/sign-in-form.tsx";

export function CloseAccountView() {
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
          <li>
            {t(
              "For 30 days you can come back: sign in, and everything is as it was. Until then, nobody can take your handle.",
            )}
          </li>
          <li>
            {t(
              "After 30 days, all of it is erased for ever. Your photos and videos go, too. If somebody else has posted the same photo, theirs stays.",
            )}
          </li>
        </ul>
        <p>
          {parts(
            "Do you want to keep your photos? {download} first. You can do so for the 30 days, too.",
            {
              download: (
                <a class="text-link" href="/settings/export">
                  {t("Download your data")}
                </a>
              ),
            },
          )}
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
      t("Your account is closed. Until {day} you can sign in and come back to it.", {
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

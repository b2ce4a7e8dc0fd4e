import { call } from "../api.ts";
import { signedOutEverywhere } from "../auth.ts";
import { Page } from "../components/page.tsx";
import { t } from "../language.ts";
import { Form, useForm } from "./sign-in-form.tsx";

/** Where one is signed in: all of it can be ended at once. */
export function SessionsView() {
  const form = useForm(async () => {
    await call("post", "/me/sign-out-everywhere", { repeats: true });
    signedOutEverywhere(t("You are signed out everywhere."));
  });
  return (
    <Page title={t("Sessions")} class="page-narrow security">
      <section aria-labelledby="everywhere">
        <h2 id="everywhere">{t("All devices")}</h2>
        <p>
          {t(
            "Ends your session here and on every other device, at once for all that is yours, and within minutes for the rest.",
          )}
        </p>
        <Form {...form} action={t("Sign out everywhere")}>
          {null}
        </Form>
      </section>
    </Page>
  );
}

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { farewell, signedIn, signOut } from "../auth.ts";
import { Dialog } from "../components/dialog.tsx";
import { Drawing } from "../components/empty.tsx";
import { Logo } from "../components/icons.tsx";
import { Page } from "../components/page.tsx";
import { codeSent, forgetConfirming } from "../confirming.ts";
import { CognitoError } from "../errors.ts";
import { t } from "../language.ts";
import { isNew } from "../me.ts";
import { loadMe } from "../own-profile.ts";
import { here, location, navigate } from "../router.ts";
import {
  forgotPassword,
  resendCode,
  setNewPassword,
  signIn,
  signInWithCode,
  signUp,
} from "../sign-in/acts.ts";
import { useStore } from "../store.ts";
import { comeBackTo, takeWanted } from "../wanted.ts";
import { Confirm } from "./confirm.tsx";
import { LanguageChoice } from "./language-choice.tsx";
import {
  CodeField,
  EmailField,
  Form,
  PasswordField,
  passwordHint,
  SecondFactorField,
  typed,
  useForm,
  useTwoSteps,
} from "./sign-in-form.tsx";

/** So long whoever has signed in waits to learn whether they are new. */
const MOST_WAIT_MS = 3_000;

/** Everything before one is signed in. On any other address: signing in, and then that address. */
export function SignInView() {
  const { path } = useStore(location);
  const isSignedIn = useStore(signedIn);
  const isPage = path in STEPS;

  useEffect(() => {
    if (!isPage) comeBackTo(here());
    if (isPage && isSignedIn) void goOn();
  }, [isPage, isSignedIn]);

  const [Step, drawing] = STEPS[path] ?? SIGN_IN;
  return (
    <div class="sign-in">
      <div class="sign-in-head">
        <p class="sign-in-brand">
          <Logo size={44} />
          Shutterfeed
        </p>
        <Drawing of={drawing} />
      </div>
      {(Step === SignIn || Step === SignUp) && (
        <p>{t("Follow people, and share photos and videos of your own.")}</p>
      )}
      <Step key={path} />
      <LanguageChoice />
    </div>
  );
}

/** Signed in, or so already: whoever is new here is welcomed, all others get where they wanted to go. */
async function goOn(): Promise<void> {
  typed.set({ email: "", password: "" });
  forgetConfirming();
  const late = new Promise<null>((resolve) => setTimeout(resolve, MOST_WAIT_MS, null));
  // Who cannot be asked about is welcomed once they are at home.
  const own = await Promise.race([loadMe().catch(() => null), late]);
  navigate(isNew(own) ? "/welcome" : takeWanted(), { replace: true });
}

function SignIn() {
  const { email, password } = useStore(typed);
  const left = useStore(farewell);
  const form = useTwoSteps<null>(
    () => signIn(email.trim(), password),
    signInWithCode,
    () => typed.set({ email: "", password: "" }),
    async (error) => {
      if (!(error instanceof CognitoError && error.code === "UserNotConfirmedException")) {
        throw error;
      }
      await resendCode(email.trim());
      codeSent(email.trim());
      navigate("/confirm");
    },
  );
  return (
    <Page title={t("Sign in")} class="sign-in-page">
      {left && (
        <p class="notice-line" role="status">
          {left}
        </p>
      )}
      <Form {...form} action={t("Sign in")}>
        {form.asksForCode ? (
          <SecondFactorField form={form} />
        ) : (
          <>
            <EmailField problem={form.problem} />
            <PasswordField problem={form.problem} complete="current-password" />
            <a class="form-link" href="/forgot-password">
              {t("Forgot password?")}
            </a>
          </>
        )}
      </Form>
      <p class="sign-in-other">
        {t("New here?")} <a href="/sign-up">{t("Create an account")}</a>
      </p>
      <p class="sign-in-other">
        {t("Just signed up?")} <a href="/confirm">{t("I have a code")}</a>
      </p>
      {left === null && (
        <p class="sign-in-other">
          <a href="/explore">{t("Look around first")}</a>
        </p>
      )}
    </Page>
  );
}

/** On top of whatever one was doing when the session ended: all of it is kept, and goes on. */
export function SignInAgain() {
  const { email, password } = useStore(typed);
  const form = useTwoSteps<null>(
    () => signIn(email.trim(), password),
    signInWithCode,
    () => typed.set({ email: "", password: "" }),
  );
  return (
    <Dialog title={t("Sign in again")} class="dialog-small">
      <div class="dialog-body form">
        <p role="status">{t("Your session has ended. What you were doing is kept.")}</p>
        <Form {...form} action={t("Sign in")}>
          {form.asksForCode ? (
            <SecondFactorField form={form} />
          ) : (
            <>
              <EmailField problem={form.problem} />
              <PasswordField problem={form.problem} complete="current-password" />
            </>
          )}
        </Form>
        <button type="button" class="link-button" onClick={() => void signOut()}>
          {t("Sign out and discard it")}
        </button>
      </div>
    </Dialog>
  );
}

function SignUp() {
  const { email, password } = useStore(typed);
  const form = useForm(async () => {
    await signUp(email.trim(), password);
    codeSent(email.trim());
    navigate("/confirm");
  });
  return (
    <Page title={t("Create an account")} class="sign-in-page">
      <Form {...form} action={t("Create account")}>
        <EmailField problem={form.problem} />
        <PasswordField problem={form.problem} complete="new-password" hint={passwordHint()} />
      </Form>
      <p class="sign-in-other">
        {t("You have an account?")} <a href="/sign-in">{t("Sign in")}</a>
      </p>
    </Page>
  );
}

function ForgotPassword() {
  const { email, password } = useStore(typed);
  const [isSent, setSent] = useState(false);
  const [code, setCode] = useState("");
  const form = useForm(async () => {
    if (!isSent) {
      await forgotPassword(email.trim());
      typed.set({ email, password: "" });
      setSent(true);
      return;
    }
    await setNewPassword(email.trim(), code, password);
    // Whoever has a second factor types its code there.
    if ((await signIn(email.trim(), password)) !== null) navigate("/sign-in");
  });
  return (
    <Page title={t("Forgot your password?")} class="sign-in-page">
      <p>
        {isSent
          ? t("If there is an account with this address, a code was sent to it.")
          : t("You get a code by e-mail. With it you can set a new password.")}
      </p>
      <Form {...form} action={isSent ? t("Set the new password") : t("Send a code")}>
        <EmailField problem={form.problem} />
        {isSent && (
          <>
            <CodeField code={code} onCode={setCode} problem={form.problem} />
            <PasswordField
              problem={form.problem}
              label={t("New password")}
              complete="new-password"
              hint={passwordHint()}
            />
          </>
        )}
      </Form>
      <p class="sign-in-other">
        <a href="/sign-in">{t("Back to signing in")}</a>
      </p>
    </Page>
  );
}

/** A page, and what its picture is about. */
type Step = readonly [() => ComponentChildren, Parameters<typeof Drawing>[0]["of"]];

const SIGN_IN: Step = [SignIn, "heart"];

const STEPS: Record<string, Step> = {
  "/sign-in": SIGN_IN,
  "/sign-up": [SignUp, "person"],
  "/confirm": [Confirm, "mail"],
  "/forgot-password": [ForgotPassword, "lock"],
};

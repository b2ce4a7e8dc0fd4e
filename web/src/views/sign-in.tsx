import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import {
  confirmSignUp,
  farewell,
  forgotPassword,
  resendCode,
  setNewPassword,
  signedIn,
  signIn,
  signInWithCode,
  signOut,
  signUp,
} from "../auth.ts";
import { Dialog } from "../components/dialog.tsx";
import { Logo } from "../components/icons.tsx";
import { Page } from "../components/page.tsx";
import { CognitoError } from "../errors.ts";
import { here, location, navigate } from "../router.ts";
import { useStore } from "../store.ts";
import {
  CodeField,
  EmailField,
  Form,
  KnownEmail,
  PASSWORD_HINT,
  PasswordField,
  SecondFactorField,
  typed,
  useForm,
  useTwoSteps,
} from "./sign-in-form.tsx";

/** Where one wanted to go before one was asked to sign in. */
let wanted = "/";

/** Whoever signs in goes on to this address of the app. */
export function comeBackTo(address: string): void {
  wanted = address;
}

/** Everything before one is signed in. On any other address: signing in, and then that address. */
export function SignInView() {
  const { path } = useStore(location);
  const isSignedIn = useStore(signedIn);
  const isPage = path in STEPS;

  useEffect(() => {
    if (!isPage) comeBackTo(here());
    // Signed in, or so already: on to where one wanted to go.
    if (isPage && isSignedIn) {
      const to = wanted;
      wanted = "/";
      typed.set({ email: "", password: "" });
      navigate(to, { replace: true });
    }
  }, [isPage, isSignedIn]);

  const Step = STEPS[path] ?? SignIn;
  return (
    <div class="sign-in">
      <p class="sign-in-brand">
        <Logo size={44} />
        Shutterfeed
      </p>
      <Step key={path} />
    </div>
  );
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
      navigate("/confirm");
    },
  );
  return (
    <Page title="Sign in" class="sign-in-page">
      {left && (
        <p class="notice-line" role="status">
          {left}
        </p>
      )}
      <Form {...form} action="Sign in">
        {form.asksForCode ? (
          <SecondFactorField form={form} />
        ) : (
          <>
            <EmailField problem={form.problem} />
            <PasswordField problem={form.problem} complete="current-password" />
            <a class="form-link" href="/forgot-password">
              Forgot password?
            </a>
          </>
        )}
      </Form>
      <p class="sign-in-other">
        New here? <a href="/sign-up">Create an account</a>
      </p>
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
    <Dialog title="Sign in again" class="dialog-small">
      <div class="dialog-body form">
        <p role="status">Your session has ended. What you were doing is kept.</p>
        <Form {...form} action="Sign in">
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
          Sign out and discard it
        </button>
      </div>
    </Dialog>
  );
}

function SignUp() {
  const { email, password } = useStore(typed);
  const form = useForm(async () => {
    await signUp(email.trim(), password);
    navigate("/confirm");
  });
  return (
    <Page title="Create an account" class="sign-in-page">
      <Form {...form} action="Create account">
        <EmailField problem={form.problem} />
        <PasswordField problem={form.problem} complete="new-password" hint={PASSWORD_HINT} />
      </Form>
      <p class="sign-in-other">
        You have an account? <a href="/sign-in">Sign in</a>
      </p>
    </Page>
  );
}

function Confirm() {
  const { email, password } = useStore(typed);
  const [code, setCode] = useState("");
  const [note, setNote] = useState<string | null>(null);
  const form = useForm(async () => {
    await confirmSignUp(email.trim(), code.trim());
    if (password === "")
      navigate("/sign-in"); // after a reload it is not known any more
    else await signIn(email.trim(), password);
  });
  return (
    <Page title="Confirm your e-mail address" class="sign-in-page">
      <p>
        {email ? (
          <>
            A code was sent to <b>{email}</b>.
          </>
        ) : (
          "A code was sent to you by e-mail."
        )}
      </p>
      <Form {...form} action="Confirm">
        {email === "" && <KnownEmail onEmail={(known) => typed.set({ email: known, password })} />}
        <CodeField code={code} onCode={setCode} problem={form.problem} />
      </Form>
      <p class="sign-in-other">
        No code?{" "}
        <button
          type="button"
          class="link-button"
          onClick={() =>
            void form.attempt(async () => {
              await resendCode(email.trim());
              setNote("A new code is on its way.");
            })
          }
        >
          Send a new one
        </button>
      </p>
      <p class="notice-line" role="status">
        {note}
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
    await setNewPassword(email.trim(), code.trim(), password);
    // Whoever has a second factor types its code there.
    if ((await signIn(email.trim(), password)) !== null) navigate("/sign-in");
  });
  return (
    <Page title="Forgot your password?" class="sign-in-page">
      <p>
        {isSent
          ? "If there is an account with this address, a code was sent to it."
          : "You get a code by e-mail. With it you can set a new password."}
      </p>
      <Form {...form} action={isSent ? "Set the new password" : "Send a code"}>
        <EmailField problem={form.problem} />
        {isSent && (
          <>
            <CodeField code={code} onCode={setCode} problem={form.problem} />
            <PasswordField
              problem={form.problem}
              label="New password"
              complete="new-password"
              hint={PASSWORD_HINT}
            />
          </>
        )}
      </Form>
      <p class="sign-in-other">
        <a href="/sign-in">Back to signing in</a>
      </p>
    </Page>
  );
}

const STEPS: Record<string, () => ComponentChildren> = {
  "/sign-in": SignIn,
  "/sign-up": SignUp,
  "/confirm": Confirm,
  "/forgot-password": ForgotPassword,
};

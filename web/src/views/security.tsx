/** How one signs in. The password is asked for first, whatever is to be changed. */

import { useEffect, useState } from "preact/hooks";
import {
  changeEmail,
  changePassword,
  confirmEmail,
  dropSecondFactor,
  hasRunOut,
  type Permit,
  prove,
  proveWithCode,
} from "../account.ts";
import { call } from "../api.ts";
import { signedOutEverywhere } from "../auth.ts";
import { Field } from "../components/field.tsx";
import { Page } from "../components/page.tsx";
import { t } from "../language.ts";
import { location } from "../router.ts";
import { toast } from "../toasts.ts";
import { SecondFactorForm } from "./second-factor.tsx";
import {
  CodeField,
  Form,
  passwordHint,
  SecondFactorField,
  SecretField,
  useForm,
  useTwoSteps,
} from "./sign-in-form.tsx";

interface Proof {
  readonly permit: Permit;
  readonly password: string;
}

export function SecurityView() {
  const [proof, setProof] = useState<Proof | null>(null);
  const [ranOut, setRanOut] = useState(false);

  function end(): void {
    setProof(null);
    setRanOut(true);
  }

  // What one came for is in sight.
  useEffect(() => {
    if (proof === null) return;
    document.getElementById(location.value.query.get("for") ?? "")?.scrollIntoView();
  }, [proof === null]);

  return (
    <Page title={t("Sign-in and security")} class="page-narrow security">
      {proof === null ? (
        <Prove ranOut={ranOut} onProof={setProof} />
      ) : (
        <>
          <EmailForm proof={proof} onProof={setProof} onEnd={end} />
          <PasswordForm proof={proof} onEnd={end} />
          <SecondFactor proof={proof} onProof={setProof} onEnd={end} />
        </>
      )}
    </Page>
  );
}

function Prove({ ranOut, onProof }: { ranOut: boolean; onProof: (proof: Proof) => void }) {
  const [password, setPassword] = useState("");
  const form = useTwoSteps(
    () => prove(password),
    proveWithCode,
    (permit) => onProof({ permit, password }),
  );
  return (
    <section aria-labelledby="prove">
      <h2 id="prove">{t("Address, password, second factor")}</h2>
      <p role="status">
        {ranOut
          ? t("A few minutes have passed. Type your password again to go on.")
          : t("Type your password to see and change them.")}
      </p>
      <Form {...form} action={t("Continue")}>
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
    </section>
  );
}

/** A form whose permit may have run out when it is sent. */
function useProven(onEnd: () => void, action: () => Promise<void>) {
  return useForm(async () => {
    try {
      await action();
    } catch (error) {
      if (!hasRunOut(error)) throw error;
      onEnd();
    }
  });
}

interface Props {
  proof: Proof;
  onEnd: () => void;
}

function EmailForm({ proof, onProof, onEnd }: Props & { onProof: (proof: Proof) => void }) {
  const { permit } = proof;
  const [email, setEmail] = useState("");
  const [code, setCode] = useState("");
  const [isSent, setSent] = useState(false);
  const form = useProven(onEnd, async () => {
    const moved = isSent
      ? await confirmEmail(permit, email.trim(), code)
      : await changeEmail(permit, email.trim());
    if (moved === null) {
      setSent(true);
      return;
    }
    setSent(false);
    setCode("");
    setEmail("");
    onProof({ ...proof, permit: moved });
    toast(t("Your e-mail address is changed."));
  });
  return (
    <section aria-labelledby="address">
      <h2 id="address">{t("E-mail address")}</h2>
      <p role="status">
        {isSent
          ? t("A code was sent to {address}. Until you type it, you sign in with {email}.", {
              address: email.trim(),
              email: permit.email,
            })
          : t("You sign in with {email}.", { email: permit.email })}
      </p>
      <Form {...form} action={isSent ? t("Confirm the address") : t("Change the address")}>
        {isSent ? (
          <CodeField code={code} onCode={setCode} problem={form.problem} />
        ) : (
          <Field
            label={t("New e-mail address")}
            value={email}
            onValue={setEmail}
            error={form.problem?.field === "email" ? form.problem.text : null}
            input={{ type: "email", autocomplete: "email", inputMode: "email", required: true }}
          />
        )}
      </Form>
    </section>
  );
}

function PasswordForm({ proof, onEnd }: Props) {
  const [password, setPassword] = useState("");
  const form = useProven(onEnd, async () => {
    await changePassword(proof.permit, proof.password, password);
    // Whoever knew the old one may be signed in somewhere.
    await call("post", "/me/sign-out-everywhere", { repeats: true });
    signedOutEverywhere(t("Your password is changed. Please sign in with it."));
  });
  return (
    <section aria-labelledby="password">
      <h2 id="password">{t("Password")}</h2>
      <p>{t("All your devices, this one too, are signed out when you change it.")}</p>
      <Form {...form} action={t("Change the password")}>
        <SecretField
          label={t("New password")}
          problem={form.problem}
          complete="new-password"
          hint={passwordHint()}
          value={password}
          onValue={setPassword}
        />
      </Form>
    </section>
  );
}

function SecondFactor({ proof, onProof, onEnd }: Props & { onProof: (proof: Proof) => void }) {
  const { permit } = proof;
  const set = (hasSecondFactor: boolean) =>
    onProof({ ...proof, permit: { ...permit, hasSecondFactor } });
  const form = useProven(onEnd, async () => {
    await dropSecondFactor(permit);
    set(false);
    toast(t("Signing in takes only your password now."));
  });
  return (
    <section aria-labelledby="factor">
      <h2 id="factor">{t("Second factor")}</h2>
      {permit.hasSecondFactor ? (
        <>
          <p>{t("Signing in takes your password and a code from your authenticator app.")}</p>
          <Form {...form} action={t("Turn it off")}>
            {null}
          </Form>
        </>
      ) : (
        <>
          <p>
            {t(
              "With an authenticator app on your phone, your password alone lets nobody in. If you lose the app and its backup, only those who run this site can let you in again.",
            )}
          </p>
          <SecondFactorForm permit={permit} onEnd={onEnd} onDone={() => set(true)} />
        </>
      )}
    </section>
  );
}

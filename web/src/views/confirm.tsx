import { useEffect, useState } from "preact/hooks";
import { farewell } from "../auth.ts";
import { Page } from "../components/page.tsx";
import {
  type Confirming,
  codeSent,
  confirming,
  forgetConfirming,
  secondsToWait,
} from "../confirming.ts";
import { counted, parts, t } from "../language.ts";
import { navigate } from "../router.ts";
import { confirmSignUp, resendCode, signIn } from "../sign-in/acts.ts";
import { useStore } from "../store.ts";
import { toast } from "../toasts.ts";
import { CodeField, EmailField, Form, typed, useForm } from "./sign-in-form.tsx";

/** After signing up: the code that was mailed shows that the address is right. */
export function Confirm() {
  const { email, password } = useStore(typed);
  const [sent, setSent] = useState(confirming);
  const [asksEmail, askEmail] = useState(email === "" && sent === null);
  const [code, setCode] = useState("");
  const [note, setNote] = useState<string | null>(null);
  const address = email.trim() || (sent?.email ?? "");

  const form = useForm(async () => {
    await confirmSignUp(address, code);
    forgetConfirming();
    // After a reload it is not known any more; and whoever has a second factor types its code there.
    if (password === "" || (await signIn(address, password)) !== null) {
      typed.set({ email: address, password: "" });
      farewell.set(t("Your e-mail is confirmed. Sign in to go on."));
      navigate("/sign-in", { replace: true });
    } else {
      toast(t("Your e-mail is confirmed."));
    }
  });

  async function resend(): Promise<void> {
    await resendCode(address);
    setSent(codeSent(address));
    setNote(t("A new code is on its way."));
  }

  return (
    <Page title={t("Confirm your e-mail address")} class="sign-in-page">
      {asksEmail ? (
        <p>{t("Type the code from the mail that you got when you signed up.")}</p>
      ) : (
        <p>
          {parts("A code was sent to {email}.", { email: <b key="email">{address}</b> })}{" "}
          <button type="button" class="link-button" onClick={() => askEmail(true)}>
            {t("Another address?")}
          </button>
        </p>
      )}
      <Form {...form} action={t("Confirm")}>
        {asksEmail && <EmailField problem={form.problem} />}
        <CodeField code={code} onCode={setCode} problem={form.problem} />
      </Form>
      <Resend sent={sent} isKnown={address !== ""} onResend={() => void form.attempt(resend)} />
      <p class="notice-line" role="status">
        {note}
      </p>
      <p class="sign-in-other">
        <a href="/sign-in">{t("Back to signing in")}</a>
      </p>
    </Page>
  );
}

interface ResendProps {
  sent: Confirming | null;
  /** It is known where a code would go. */
  isKnown: boolean;
  onResend: () => void;
}

/** Asks for another code, a while after the last. */
function Resend({ sent, isKnown, onResend }: ResendProps) {
  const [now, setNow] = useState(Date.now);
  const wait = sent === null ? 0 : secondsToWait(sent, now);
  const isWaiting = wait > 0;

  useEffect(() => {
    setNow(Date.now());
    if (!isWaiting) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [sent, isWaiting]);

  return (
    <p class="sign-in-other">
      {t("No code? It may be among the unwanted mail.")}{" "}
      <button
        type="button"
        class="link-button"
        aria-disabled={isWaiting || !isKnown}
        onClick={() => {
          if (!isWaiting && isKnown) onResend();
        }}
      >
        {isWaiting
          ? counted(wait, "Send a new one in {count} second", "Send a new one in {count} seconds")
          : t("Send a new one")}
      </button>
    </p>
  );
}

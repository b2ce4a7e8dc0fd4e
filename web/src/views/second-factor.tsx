import type { Bitmap2D } from "lean-qr/nano";
import { useState } from "preact/hooks";
import {
  confirmSecondFactor,
  hasRunOut,
  newSecondFactor,
  type Permit,
  type SecondFactorKey,
} from "../account.ts";
import { QrCode } from "../components/qr-code.tsx";
import { parts, t } from "../language.ts";
import { toast } from "../toasts.ts";
import { CodeField, Form, useForm } from "./sign-in-form.tsx";

interface Props {
  permit: Permit;
  onEnd: () => void;
  onDone: () => void;
}

interface Shown extends SecondFactorKey {
  /** The link as a QR code. */
  readonly squares: Bitmap2D;
}

/** Gives the authenticator app its key, and takes its first code. */
export function SecondFactorForm({ permit, onEnd, onDone }: Props) {
  const [shown, setShown] = useState<Shown | null>(null);
  const [code, setCode] = useState("");
  const form = useForm(async () => {
    try {
      if (shown === null) {
        const { generate } = await import("lean-qr/nano");
        const key = await newSecondFactor(permit);
        setShown({ ...key, squares: generate(key.link) });
        return;
      }
      await confirmSecondFactor(permit, code);
      toast(t("Signing in takes a code of your app from now on."));
      onDone();
    } catch (error) {
      setCode("");
      if (!hasRunOut(error)) throw error;
      onEnd();
    }
  });
  return (
    <Form {...form} action={shown === null ? t("Set it up") : t("Turn it on")}>
      {shown && (
        <>
          <p>
            {parts("Scan this with your authenticator app, or {open}. You can also type the key:", {
              open: <a href={shown.link}>{t("open it on this device")}</a>,
            })}
          </p>
          <QrCode squares={shown.squares} label={t("QR code of the key")} />
          <p class="secret-key">
            <code>{shown.key.match(/.{1,4}/g)!.join(" ")}</code>
          </p>
          <CodeField
            label={t("Code that the app shows")}
            code={code}
            onCode={setCode}
            problem={form.problem}
          />
        </>
      )}
    </Form>
  );
}

import { useState } from "preact/hooks";
import {
  confirmSecondFactor,
  hasRunOut,
  newSecondFactor,
  type Permit,
  type SecondFactorKey,
} from "../account.ts";
import { toast } from "../toasts.ts";
import { CodeField, Form, useForm } from "./sign-in-form.tsx";

interface Props {
  permit: Permit;
  onEnd: () => void;
  onDone: () => void;
}

interface Shown extends SecondFactorKey {
  /** The link as a QR code: rows of dark and light squares. */
  readonly squares: boolean[][];
}

/** Gives the authenticator app its key, and takes its first code. */
export function SecondFactorForm({ permit, onEnd, onDone }: Props) {
  const [shown, setShown] = useState<Shown | null>(null);
  const [code, setCode] = useState("");
  const form = useForm(async () => {
    try {
      if (shown === null) {
        const { encode } = await import("uqr");
        const key = await newSecondFactor(permit);
        setShown({ ...key, squares: encode(key.link).data });
        return;
      }
      await confirmSecondFactor(permit, code.trim());
      toast("Signing in takes a code of your app from now on.");
      onDone();
    } catch (error) {
      setCode("");
      if (!hasRunOut(error)) throw error;
      onEnd();
    }
  });
  return (
    <Form {...form} action={shown === null ? "Set it up" : "Turn it on"}>
      {shown && (
        <>
          <p>
            Scan this with your authenticator app, or{" "}
            <a href={shown.link}>open it on this device</a>. You can also type the key:
          </p>
          <QrCode squares={shown.squares} />
          <p class="secret-key">
            <code>{shown.key.match(/.{1,4}/g)!.join(" ")}</code>
          </p>
          <CodeField
            label="Code that the app shows"
            code={code}
            onCode={setCode}
            problem={form.problem}
          />
        </>
      )}
    </Form>
  );
}

function QrCode({ squares }: { squares: boolean[][] }) {
  const size = squares.length;
  const dark = squares.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return (
    <svg class="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label="QR code of the key">
      <path d={dark.join("")} />
    </svg>
  );
}

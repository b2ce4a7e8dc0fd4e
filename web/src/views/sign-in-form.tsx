import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Field } from "../components/field.tsx";
import { codeOf } from "../confirming.ts";
import { CognitoError, sentence } from "../errors.ts";
import { t } from "../language.ts";
import { type Challenge, isOver } from "../sign-in/passwords.ts";
import { Store, useStore } from "../store.ts";

/** What was typed on one of these pages serves the next one; the password is never stored. */
export const typed = new Store({ email: "", password: "" });

type FieldName = "email" | "password" | "code";

interface Problem {
  readonly field: FieldName | null;
  readonly text: string;
}

export interface FormState {
  readonly problem: Problem | null;
  readonly isBusy: boolean;
  readonly attempt: (action: () => Promise<void>) => Promise<void>;
  readonly submit: () => void;
}

export function useForm(action: () => Promise<void>): FormState {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);

  async function attempt(what: () => Promise<void>): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      await what();
    } catch (error) {
      setProblem({ field: fieldOf(error), text: sentence(error) });
    } finally {
      setBusy(false);
    }
  }

  return { problem, isBusy, attempt, submit: () => void attempt(action) };
}

export interface TwoSteps extends FormState {
  /** Whether the account has a second factor, whose code is asked for now. */
  readonly asksForCode: boolean;
  readonly code: string;
  readonly setCode: (code: string) => void;
}

/**
 * A form that asks for a password and then, if the account has a second factor, for its code.
 * `otherwise` gets what went wrong, and raises what the form is to say.
 */
export function useTwoSteps<T>(
  first: () => Promise<Challenge | T>,
  second: (asked: Challenge, code: string) => Promise<T>,
  done: (result: T) => void,
  otherwise: (error: unknown) => void | Promise<void> = raise,
): TwoSteps {
  const [asked, setAsked] = useState<Challenge | null>(null);
  const [code, setCode] = useState("");
  const form = useForm(async () => {
    try {
      const answer = asked === null ? await first() : await second(asked, code);
      if (isAsked(answer)) setAsked(answer);
      else done(answer);
    } catch (error) {
      setCode("");
      if (isOver(error)) setAsked(null);
      await otherwise(error);
    }
  });
  return { ...form, asksForCode: asked !== null, code, setCode };
}

function raise(error: unknown): never {
  throw error;
}

function isAsked<T>(answer: Challenge | T): answer is Challenge {
  return typeof answer === "object" && answer !== null && "session" in answer;
}

/** The field beside which Cognito's refusal is shown. */
function fieldOf(error: unknown): FieldName | null {
  if (!(error instanceof CognitoError)) return null;
  if (/^(Code|ExpiredCode|EnableSoftwareToken)/.test(error.code)) return "code";
  if (error.code === "InvalidPasswordException") return "password";
  if (/^(UsernameExists|AliasExists)/.test(error.code)) return "email";
  if (error.code === "InvalidParameterException" && /password/i.test(error.message))
    return "password";
  if (error.code === "InvalidParameterException" && /user|mail/i.test(error.message))
    return "email";
  return null;
}

export function Form({
  problem,
  isBusy,
  submit,
  action,
  danger = false,
  children,
}: FormState & {
  action: string;
  danger?: boolean;
  children: ComponentChildren;
}) {
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {children}
      {problem?.field === null && (
        <p class="field-error" role="alert">
          {problem.text}
        </p>
      )}
      <button
        type="submit"
        class={`button button-wide ${danger ? "button-danger" : "button-primary"}`}
        disabled={isBusy}
      >
        {action}
      </button>
    </form>
  );
}

function errorOf(problem: Problem | null, field: FieldName): string | null {
  return problem?.field === field ? problem.text : null;
}

export function EmailField({ problem }: { problem: Problem | null }) {
  const values = useStore(typed);
  return (
    <Field
      label={t("E-mail")}
      value={values.email}
      onValue={(email) => typed.set({ ...values, email })}
      error={errorOf(problem, "email")}
      input={{
        type: "email",
        name: "email",
        autocomplete: "username",
        required: true,
        inputMode: "email",
      }}
    />
  );
}

interface PasswordProps {
  problem: Problem | null;
  complete: "current-password" | "new-password";
  hint?: string;
  label?: string;
}

/** The password that the sign-in pages share. */
export function PasswordField(props: PasswordProps) {
  const values = useStore(typed);
  return (
    <SecretField
      {...props}
      value={values.password}
      onValue={(password) => typed.set({ ...values, password })}
    />
  );
}

export function passwordHint(): string {
  return t(
    "At least 10 characters, including a capital letter, a small letter, a digit and a symbol.",
  );
}

export function SecretField({
  problem,
  complete,
  hint,
  label = t("Password"),
  value,
  onValue,
}: PasswordProps & { value: string; onValue: (value: string) => void }) {
  const [isShown, setShown] = useState(false);
  return (
    <Field
      label={label}
      value={value}
      onValue={onValue}
      error={errorOf(problem, "password")}
      hint={problem?.field === "password" ? undefined : hint /* it would say the same twice */}
      input={{
        type: isShown ? "text" : "password",
        name: "password",
        autocomplete: complete,
        required: true,
        autocapitalize: "off",
        spellcheck: false,
      }}
    >
      <label class="check check-small">
        <input type="checkbox" checked={isShown} onChange={() => setShown(!isShown)} />
        {t("Show what I type")}
      </label>
    </Field>
  );
}

export function CodeField({
  code,
  onCode,
  problem,
  label = t("Code"),
}: {
  code: string;
  onCode: (code: string) => void;
  problem: Problem | null;
  label?: string;
}) {
  return (
    <Field
      label={label}
      value={code}
      onValue={(text) => onCode(codeOf(text))}
      error={errorOf(problem, "code")}
      input={{ name: "code", autocomplete: "one-time-code", inputMode: "numeric", required: true }}
    />
  );
}

/** The second step of signing in. */
export function SecondFactorField({ form }: { form: TwoSteps }) {
  return (
    <CodeField
      label={t("Code from your authenticator app")}
      code={form.code}
      onCode={form.setCode}
      problem={form.problem}
    />
  );
}

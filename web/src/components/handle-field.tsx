import { useEffect, useState } from "preact/hooks";
import { MAX_HANDLE, MAX_HANDLE_INPUT, MIN_HANDLE } from "../../build/limits.ts";
import { call } from "../api.ts";
import { ApiError, Failure, sentence } from "../errors.ts";
import { bareHandle } from "../handle-text.ts";
import { t } from "../language.ts";
import { Field } from "./field.tsx";

const CHECK_AFTER_MS = 300;

interface Props {
  value: string;
  onValue: (value: string) => void;
  /** The handle that one has: it needs no check. */
  own: string;
  /** What saving it said. */
  error?: string | null;
  /** What more there is to know before one chooses. */
  note?: string;
}

/** A handle, with an answer while one types: is it free? */
export function HandleField({ value, onValue, own, error = null, note }: Props) {
  const checked = useCheck(bareHandle(value), own);
  const rule = t(
    "{least} to {most} letters a-z, digits, and single dots or underscores between them.",
    { least: MIN_HANDLE, most: MAX_HANDLE },
  );
  return (
    <Field
      label={t("Handle")}
      value={value}
      onValue={onValue}
      maxLength={MAX_HANDLE_INPUT}
      error={error}
      isWrong={checked?.isFree === false}
      hint={note ? `${rule} ${note}` : rule}
      input={{ autocomplete: "off", autocapitalize: "off", spellcheck: false }}
    >
      <p class={checked?.isFree === false ? "field-error" : "field-good"} role="status">
        {error === null && checked?.says}
      </p>
    </Field>
  );
}

interface Checked {
  readonly isFree: boolean;
  readonly says: string;
}

/** Null while there is nothing to say. */
function useCheck(handle: string, own: string): Checked | null {
  const [checked, setChecked] = useState<Checked | null>(null);

  useEffect(() => {
    setChecked(null);
    if (handle.length < MIN_HANDLE || handle === own) return undefined;
    const stop = new AbortController();
    const ask = async () => {
      try {
        setChecked(await check(handle, stop.signal));
      } catch (error) {
        // Saving it will say what is wrong.
        if (!(error instanceof Failure) && !stop.signal.aborted) throw error;
      }
    };
    const timer = setTimeout(() => void ask(), CHECK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [handle, own]);

  return checked;
}

async function check(handle: string, signal: AbortSignal): Promise<Checked> {
  try {
    const { free } = await call("get", "/me/handle", { query: { handle }, signal });
    const says = free
      ? t("@{handle} is free.", { handle })
      : t("@{handle} is taken. Please try another one.", { handle });
    return { isFree: free, says };
  } catch (error) {
    if (!(error instanceof ApiError && error.field === "handle")) throw error;
    return { isFree: false, says: sentence(error) };
  }
}

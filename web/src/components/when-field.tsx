import { t } from "../language.ts";
import { schedulable } from "../moments.ts";
import { Field } from "./field.tsx";

interface Props {
  /** The value of the field: see `moments.ts`. */
  value: string;
  onValue: (value: string) => void;
  error?: string | null;
}

/** When to publish a post, in the reader's own time zone. */
export function WhenField({ value, onValue, error = null }: Props) {
  return (
    <Field
      label={t("Publish at")}
      hint={t("Nobody else sees the post before that.")}
      value={value}
      onValue={onValue}
      error={error}
      input={{ type: "datetime-local", required: true, ...schedulable() }}
    />
  );
}

import type { ComponentChildren, InputHTMLAttributes, JSX } from "preact";
import { useId } from "preact/hooks";

interface Props {
  label: string;
  value: string;
  onValue: (value: string) => void;
  error?: string | null | undefined;
  /** It is wrong, and `children` say why. */
  isWrong?: boolean;
  hint?: string | undefined;
  rows?: number;
  input?: InputHTMLAttributes<HTMLInputElement>;
  /** More attributes of the text box. */
  area?: JSX.IntrinsicElements["textarea"];
  maxLength?: number;
  children?: ComponentChildren;
}

/** A labelled line, or with `rows` a text box; its error is shown right below. */
export function Field({
  label,
  value,
  onValue,
  error,
  isWrong = false,
  hint,
  rows,
  input,
  area,
  maxLength,
  children,
}: Props) {
  const id = useId();
  const notes = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  const common = {
    id,
    value,
    class: "field-input",
    "aria-invalid": isWrong || Boolean(error),
    ...(notes && { "aria-describedby": notes }),
    ...(maxLength !== undefined && { maxLength }),
  };
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      {rows === undefined ? (
        <input
          type="text"
          {...input}
          {...common}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      ) : (
        <textarea
          {...area}
          {...common}
          rows={rows}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
      {children}
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

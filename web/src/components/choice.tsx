import { useId } from "preact/hooks";

interface Props<T extends string> {
  label: string;
  value: T;
  /** What can be chosen, and what each is called. */
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
  hint?: string;
}

/** A labelled choice of one among few. */
export function Choice<T extends string>({ label, value, options, onChange, hint }: Props<T>) {
  const id = useId();
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <select
        id={id}
        class="field-input"
        value={value}
        {...(hint && { "aria-describedby": `${id}-hint` })}
        onChange={({ currentTarget }) => {
          const wanted = currentTarget.value as T;
          currentTarget.value = value; // it shows what is so, until that changes
          onChange(wanted);
        }}
      >
        {options.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

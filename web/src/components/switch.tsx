import { useId } from "preact/hooks";

interface Props {
  label: string;
  isOn: boolean;
  /** Hears what is wanted; the switch shows `isOn` until that changes. */
  onChange: (isOn: boolean) => void;
  hint?: string;
}

/** A labelled switch, and below it what it means. */
export function Switch({ label, isOn, onChange, hint }: Props) {
  const id = useId();
  return (
    <>
      <label class="check">
        <input
          class="switch"
          type="checkbox"
          role="switch"
          aria-checked={isOn}
          checked={isOn}
          {...(hint && { "aria-describedby": `${id}-hint` })}
          onChange={({ currentTarget }) => {
            const wanted = currentTarget.checked;
            currentTarget.checked = isOn;
            onChange(wanted);
          }}
        />
        {label}
      </label>
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </>
  );
}

import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { MAX_COMMENT } from "../../build/limits.ts";
import { sentence } from "../errors.ts";
import { MentionField } from "./mention-field.tsx";
import { isSending } from "./typing.ts";

interface Props {
  label: string;
  /** The name of its button. */
  action: string;
  text?: string;
  /**
   * Sends what was written; `key` is the same for the same text. What it raises is shown below the
   * text, which stays.
   */
  onSend: (text: string, key: string) => Promise<void>;
  onCancel?: () => void;
  area?: RefObject<HTMLTextAreaElement>;
  /** It has been asked for: one writes at the end of its text at once. */
  isAsked?: boolean;
}

/** Where a comment is written or changed. */
export function Composer(props: Props) {
  const { label, action, text: given = "", onSend, onCancel, isAsked = false } = props;
  const own = useRef<HTMLTextAreaElement>(null);
  const area = props.area ?? own;
  const [text, setText] = useState(given);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const key = useRef(crypto.randomUUID());
  const isEmpty = text.trim() === "";

  useEffect(() => {
    if (!isAsked) return;
    area.current!.focus();
    area.current!.setSelectionRange(given.length, given.length);
  }, []);

  async function send(): Promise<void> {
    if (isEmpty || isBusy) return;
    setBusy(true);
    setError(null);
    try {
      await onSend(text, key.current);
      setText((now) => (now === text ? "" : now)); // what was typed meanwhile stays
      key.current = crypto.randomUUID();
    } catch (reason) {
      setError(sentence(reason));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => {
        if (isSending(event)) void send();
      }}
    >
      <MentionField
        label={label}
        rows={2}
        value={text}
        onValue={(changed) => {
          setText(changed);
          key.current = crypto.randomUUID();
        }}
        maxLength={MAX_COMMENT}
        area={area}
      />
      <p class="field-error" role="alert">
        {error}
      </p>
      <div class="composer-actions">
        {onCancel && (
          <button type="button" class="button button-small" onClick={onCancel}>
            Cancel
          </button>
        )}
        <button
          type="submit"
          class="button button-primary button-small"
          disabled={isEmpty || isBusy}
        >
          {action}
        </button>
      </div>
    </form>
  );
}

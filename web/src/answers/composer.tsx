import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { MAX_COMMENT } from "../../build/limits.ts";
import { sentence } from "../errors.ts";
import { withHandle } from "../handles.ts";
import { t } from "../language.ts";
import { toast } from "../toasts.ts";
import { type Draft, draftOf, forgetDraft, keepDraft, newDraft } from "./drafts.ts";
import { MentionField } from "./mention-field.tsx";
import { isSending } from "./typing.ts";

interface Props {
  /** Of what is written here: what is not sent is found again by it. */
  name: string;
  label: string;
  /** The name of its button. */
  action: string;
  text?: string;
  /**
   * Sends what was written; `key` is the same for the same text. What it raises is shown below the
   * text, which stays.
   */
  onSend: (text: string, key: string) => Promise<void>;
  /** It is sent, and nothing was typed meanwhile. */
  onDone?: () => void;
  onCancel?: () => void;
  area?: RefObject<HTMLTextAreaElement>;
  /** It has been asked for: one writes at the end of its text at once. */
  isAsked?: boolean;
}

/** Where a comment is written or changed. What is typed there stays until it is sent or cancelled. */
export function Composer(props: Props) {
  const { name, label, action, text: given = "", onSend, onDone, onCancel, isAsked } = props;
  const own = useRef<HTMLTextAreaElement>(null);
  const area = props.area ?? own;
  const [draft, setDraft] = useState(() => draftOf(name) ?? newDraft(given));
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const typed = useRef(draft);
  const isOpen = useRef(true);
  const isEmpty = draft.text.trim() === "";

  useEffect(() => {
    if (isAsked) {
      area.current!.focus();
      area.current!.setSelectionRange(draft.text.length, draft.text.length);
    }
    return () => {
      isOpen.current = false;
    };
  }, []);

  function write(next: Draft): void {
    typed.current = next;
    setDraft(next);
  }

  function cancel(): void {
    forgetDraft(name);
    onCancel?.();
  }

  async function send(): Promise<void> {
    if (isEmpty || isBusy) return;
    const sent = typed.current;
    setBusy(true);
    setError(null);
    try {
      await onSend(sent.text, sent.key);
      forgetDraft(name, sent);
      if (typed.current !== sent) return; // what was typed meanwhile stays
      write(newDraft(""));
      onDone?.();
    } catch (reason) {
      // Whoever has gone on finds the text again when they come back.
      if (isOpen.current) setError(sentence(reason));
      else toast(sentence(reason), { isError: true });
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        withHandle(() => void send());
      }}
      onKeyDown={(event) => {
        if (isSending(event)) withHandle(() => void send());
      }}
    >
      <MentionField
        label={label}
        rows={2}
        value={draft.text}
        onValue={(text) => {
          const changed = newDraft(text);
          write(changed);
          if (text === given) forgetDraft(name);
          else keepDraft(name, changed);
        }}
        maxLength={MAX_COMMENT}
        area={area}
      />
      <p class="field-error" role="alert">
        {error}
      </p>
      <div class="composer-actions">
        {onCancel && (
          <button type="button" class="button button-small" onClick={cancel}>
            {t("Cancel")}
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

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../language.ts";
import { Dialog } from "./dialog.tsx";

interface Props {
  title: string;
  /** What the action does, and whether it can be undone. */
  children: ComponentChildren;
  /** The names of the two buttons: what is done, and what leaves everything as it is. */
  action: string;
  keep?: string;
  danger?: boolean;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks before something is done; it closes once that has succeeded or failed. */
export function Confirm(props: Props) {
  const { title, children, action, keep = t("Cancel"), danger = false, onConfirm, onClose } = props;
  const [isBusy, setBusy] = useState(false);

  async function confirm(): Promise<void> {
    setBusy(true);
    await onConfirm();
    onClose();
  }

  return (
    <Dialog title={title} class="dialog-small" onClose={onClose}>
      <div class="dialog-body">{children}</div>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {keep}
        </button>
        <button
          type="button"
          class={`button ${danger ? "button-danger" : "button-primary"}`}
          disabled={isBusy}
          onClick={() => void confirm()}
        >
          {action}
        </button>
      </div>
    </Dialog>
  );
}

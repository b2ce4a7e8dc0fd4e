import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../language.ts";
import { openLayer } from "../layers.ts";
import { Icon } from "./icons.tsx";

interface Props {
  title: string;
  /** Left out of a dialog that has to be answered. */
  onClose?: () => void;
  children: ComponentChildren;
  class?: string;
}

/** A modal dialog: open for as long as it is rendered. Escape, the backdrop and the browser's back
 * button ask to close it. */
export function Dialog({ title, onClose, children, class: extra = "" }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const close = useRef(onClose);
  close.current = onClose;

  useEffect(() => {
    const element = dialog.current!;
    element.showModal();
    // Browsers let nobody refuse Escape twice in a row.
    const reopen = () => element.showModal();
    if (close.current === undefined) element.addEventListener("close", reopen);
    return () => {
      element.removeEventListener("close", reopen);
      element.close(); // the focus returns to what opened it
    };
  }, []);
  useLayoutEffect(() => (close.current ? openLayer(() => close.current?.()) : undefined), []);

  return (
    <dialog
      ref={dialog}
      class={`dialog ${extra}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return; // a file chooser within
        event.preventDefault();
        onClose?.();
      }}
      onPointerDown={(event) => {
        if (event.target === dialog.current) onClose?.();
      }}
    >
      <div class="dialog-box">
        <div class="dialog-head">
          <h2 id={heading}>{title}</h2>
          {onClose && (
            <button type="button" class="icon-button" aria-label={t("Close")} onClick={onClose}>
              <Icon name="close" />
            </button>
          )}
        </div>
        {children}
      </div>
    </dialog>
  );
}

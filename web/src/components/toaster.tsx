import { useRef } from "preact/hooks";
import { t } from "../language.ts";
import { useStore } from "../store.ts";
import { dismissToast, keepToast, toasts } from "../toasts.ts";
import { Icon } from "./icons.tsx";

/** Where short messages appear; screen readers hear them. */
export function Toaster() {
  const toast = useStore(toasts);
  const before = useRef<HTMLElement | null>(null);

  /** The focus goes back to where it was before the message had it, or to the page's heading. */
  function dismiss(): void {
    dismissToast();
    const last = before.current;
    (last?.isConnected ? last : document.querySelector("h1"))?.focus();
  }

  return (
    <div class="toaster" aria-live={toast?.isError ? "assertive" : "polite"} aria-atomic="true">
      {toast && (
        <div
          key={toast.id}
          class={toast.isError ? "toast toast-error" : "toast"}
          onPointerEnter={() => keepToast(true)}
          onPointerLeave={() => keepToast(false)}
          onFocusIn={({ relatedTarget, currentTarget }) => {
            keepToast(true);
            if (!currentTarget.contains(relatedTarget as Node | null))
              before.current = relatedTarget as HTMLElement | null;
          }}
          onFocusOut={() => keepToast(false)}
        >
          <p>{toast.text}</p>
          {toast.action && (
            <button
              type="button"
              class="toast-action"
              onClick={() => {
                dismiss();
                toast.onAction?.();
              }}
            >
              {toast.action}
            </button>
          )}
          <button type="button" class="icon-button" aria-label={t("Dismiss")} onClick={dismiss}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}

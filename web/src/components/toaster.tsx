import { useStore } from "../store.ts";
import { dismissToast, keepToast, toasts } from "../toasts.ts";
import { Icon } from "./icons.tsx";

/** Where short messages appear; screen readers hear them. */
export function Toaster() {
  const toast = useStore(toasts);
  return (
    <div class="toaster" aria-live={toast?.isError ? "assertive" : "polite"} aria-atomic="true">
      {toast && (
        <div
          key={toast.id}
          class={toast.isError ? "toast toast-error" : "toast"}
          onPointerEnter={() => keepToast(true)}
          onPointerLeave={() => keepToast(false)}
          onFocusIn={() => keepToast(true)}
          onFocusOut={() => keepToast(false)}
        >
          <p>{toast.text}</p>
          {toast.action && (
            <button
              type="button"
              class="toast-action"
              onClick={() => {
                dismissToast();
                toast.onAction?.();
              }}
            >
              {toast.action}
            </button>
          )}
          <button type="button" class="icon-button" aria-label="Dismiss" onClick={dismissToast}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}

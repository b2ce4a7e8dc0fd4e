import { Dialog } from "../components/dialog.tsx";
import { goOnWithHandle } from "../handles.ts";
import { t } from "../language.ts";
import { me } from "../me.ts";
import { useStore } from "../store.ts";
import { NameForm } from "./name.tsx";

/** Before a first post or comment, whoever skipped it in the welcome is asked for a handle once more. */
export function HandleDialog() {
  const own = useStore(me);
  if (own === null) return null;
  return (
    <Dialog title={t("Who is this from?")} class="dialog-small" onClose={goOnWithHandle}>
      <div class="dialog-body form">
        <p>
          {t("People see you as @{handle}. Would you like to be called something else?", {
            handle: own.handle,
          })}
        </p>
        <NameForm own={own} onDone={goOnWithHandle} skip={t("Not now")} />
      </div>
    </Dialog>
  );
}

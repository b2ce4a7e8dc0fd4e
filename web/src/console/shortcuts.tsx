/** The keys of the moderators' pages: each is a letter, and does what a button on the page does. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "../components/dialog.tsx";
import { Switch } from "../components/switch.tsx";
import { areKeysOn, isMeantOtherwise, setKeys } from "../keys.ts";
import { t } from "../language.ts";
import { useStore } from "../store.ts";

export interface Shortcut {
  /** As `KeyboardEvent.key` has it. */
  readonly key: string;
  readonly name: string;
  readonly run: () => void;
}

/** What a key does here, if it does something. */
export function shortcutFor(
  shortcuts: readonly Shortcut[],
  event: KeyboardEvent,
): Shortcut | undefined {
  if (isMeantOtherwise(event)) return undefined;
  return shortcuts.find(({ key }) => key === event.key);
}

/** The keys of a page for as long as it is shown, and the button that tells them: `?` presses it. */
export function Shortcuts({ keys }: { keys: readonly Shortcut[] }) {
  const [isOpen, setOpen] = useState(false);
  const isOn = useStore(areKeysOn);
  const help: Shortcut = { key: "?", name: t("Show these keys"), run: () => setOpen(true) };
  const all = [...keys, help];
  const current = useRef(all);
  current.current = all;

  useEffect(() => {
    if (!isOn) return undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      const found = shortcutFor(current.current, event);
      if (found === undefined) return;
      event.preventDefault();
      found.run();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [isOn]);

  return (
    <>
      <button
        type="button"
        class="button button-small shortcuts-button"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {t("Keys")} <kbd>?</kbd>
      </button>
      {isOpen && (
        <Dialog title={t("Keys")} class="dialog-small" onClose={() => setOpen(false)}>
          <div class="dialog-body">
            <Switch label={t("Use these keys")} isOn={isOn} onChange={setKeys} />
            <dl class="shortcuts">
              {all.map(({ key, name }) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{name}</dd>
                </div>
              ))}
            </dl>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** Moves the focus among the rows of a list: down or up by one, beginning with the first. */
export function stepTo(rows: readonly HTMLElement[], by: 1 | -1): void {
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1);
  const row = rows[next];
  row?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

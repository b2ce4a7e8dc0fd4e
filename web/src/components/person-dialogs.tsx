/** What is asked before one blocks, mutes or removes somebody. */

import { block, mute, type Person, removeFollower } from "../blocks.ts";
import { t } from "../language.ts";
import { me } from "../me.ts";
import { muteEnd } from "../relation-acts.ts";
import { useStore } from "../store.ts";
import { Confirm } from "./confirm.tsx";
import { Dialog } from "./dialog.tsx";

interface Props {
  person: Person;
  onClose: () => void;
}

export function ConfirmBlock({ person, onClose }: Props) {
  return (
    <Confirm
      title={t("Block @{handle}?", { handle: person.handle })}
      action={t("Block")}
      danger
      onConfirm={() => block(person)}
      onClose={onClose}
    >
      <p>
        {t(
          "You will not be there for each other: neither of you finds the other, or anything of theirs. They are not told.",
        )}
      </p>
      <p>
        {t(
          "What you follow of each other ends at once. You can unblock them at any time, but nobody follows the other again by that.",
        )}
      </p>
    </Confirm>
  );
}

export function ConfirmRemoval({ person, onClose }: Props) {
  const isPrivate = useStore(me)?.private ?? false;
  const again = isPrivate
    ? t("They may ask to follow you again.")
    : t("They may follow you again.");
  return (
    <Confirm
      title={t("Remove @{handle}?", { handle: person.handle })}
      action={t("Remove")}
      danger
      onConfirm={() => removeFollower(person)}
      onClose={onClose}
    >
      <p>
        {t(
          "They no longer follow you, and your posts leave their feed at once. They are not told.",
        )}{" "}
        {again}
      </p>
      <p>{t("You cannot undo this: only they can make themselves your follower.")}</p>
    </Confirm>
  );
}

/** Days, and what they are called; null for a mute that does not end. */
const MUTE_TIMES = [
  [null, t("Until I unmute them")],
  [1, t("For a day")],
  [7, t("For a week")],
] as const;

export function ChooseMute({ person, onClose }: Props) {
  return (
    <Dialog
      title={t("Mute @{handle}", { handle: person.handle })}
      class="dialog-menu"
      onClose={onClose}
    >
      <div class="dialog-body">
        <p class="menu-note">
          {t(
            "Their posts do not come up in your feed, in searches and under hashtags. Their profile shows them as before. They learn nothing of it.",
          )}
        </p>
        <ul class="menu">
          {MUTE_TIMES.map(([days, name]) => (
            <li key={name}>
              <button
                type="button"
                class="menu-item"
                onClick={() => {
                  onClose();
                  void mute(person, muteEnd(days));
                }}
              >
                {name}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

import { useState } from "preact/hooks";
import { type Person, unblock, unmute } from "../blocks.ts";
import { t } from "../language.ts";
import { type Flags, isMuted } from "../relation.ts";
import { useRelation } from "../relations.ts";
import { report } from "../reporting.ts";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icons.tsx";
import { MoreIcon } from "./more-icons.tsx";
import { ChooseMute, ConfirmBlock, ConfirmRemoval } from "./person-dialogs.tsx";

export type PersonStep = "mute" | "block" | "remove";

interface MenuProps {
  person: Person;
  /** As the API said when the person was loaded, if it did. */
  seen?: Flags;
  onClose: () => void;
}

/** What one can do about a person: opened from their profile. */
export function PersonMenu({ person, seen, onClose }: MenuProps) {
  const [step, setStep] = useState<PersonStep | null>(null);
  if (step !== null) return <PersonDialog step={step} person={person} onClose={onClose} />;
  return (
    <Dialog title={`@${person.handle}`} class="dialog-menu" onClose={onClose}>
      <ul class="menu dialog-body">
        <PersonItems person={person} {...(seen && { seen })} onStep={setStep} onClose={onClose} />
        <li>
          <button
            type="button"
            class="menu-item danger"
            onClick={() => {
              onClose();
              report({ kind: "user", id: person.id, author: person });
            }}
          >
            <MoreIcon name="flag" /> {t("Report @{handle}", { handle: person.handle })}
          </button>
        </li>
      </ul>
    </Dialog>
  );
}

/** The dialog that an item of the menu leads to. */
export function PersonDialog({ step, ...props }: MenuProps & { step: PersonStep }) {
  if (step === "mute") return <ChooseMute {...props} />;
  if (step === "block") return <ConfirmBlock {...props} />;
  return <ConfirmRemoval {...props} />;
}

interface ItemsProps extends MenuProps {
  onStep: (step: PersonStep) => void;
}

/** The items themselves, for a menu that has others as well. */
export function PersonItems({ person, seen, onStep, onClose }: ItemsProps) {
  const relation = useRelation(person.id, seen);
  const { handle } = person;

  function at(action: () => Promise<boolean>): () => void {
    return () => {
      onClose();
      void action();
    };
  }

  return (
    <>
      {relation.follows_me && (
        <li>
          <button type="button" class="menu-item" onClick={() => onStep("remove")}>
            <Icon name="close" /> {t("Remove @{handle} as a follower", { handle })}
          </button>
        </li>
      )}
      <li>
        {isMuted(relation) ? (
          <button type="button" class="menu-item" onClick={at(() => unmute(person))}>
            <MoreIcon name="sound" /> {t("Unmute @{handle}", { handle })}
          </button>
        ) : (
          <button type="button" class="menu-item" onClick={() => onStep("mute")}>
            <MoreIcon name="muted" /> {t("Mute @{handle}", { handle })}
          </button>
        )}
      </li>
      <li>
        {relation.blocked_by_me ? (
          <button type="button" class="menu-item" onClick={at(() => unblock(person))}>
            <Icon name="person" /> {t("Unblock @{handle}", { handle })}
          </button>
        ) : (
          <button type="button" class="menu-item danger" onClick={() => onStep("block")}>
            <MoreIcon name="block" /> {t("Block @{handle}", { handle })}
          </button>
        )}
      </li>
    </>
  );
}

import { useRef, useState } from "preact/hooks";
import { Confirm } from "../components/confirm.tsx";
import { Dialog } from "../components/dialog.tsx";
import { keepFocusNear } from "../components/focus.ts";
import { Icon } from "../components/icons.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { t } from "../language.ts";
import { me } from "../me.ts";
import { report } from "../reporting.ts";
import { useStore } from "../store.ts";
import { approveComment, deleteComment, hideComment, pinComment } from "./comment-actions.ts";
import type { Present } from "./known-comments.ts";

interface Props {
  comment: Present;
  onEdit: () => void;
}

/** What one can do with a comment: its author, the author of the post, and everybody else. */
export function CommentMenu({ comment, onEdit }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  const [step, setStep] = useState<"closed" | "menu" | "delete">("closed");
  const own = useStore(me);
  if (own === null) return null; // whose it is will be known in a moment
  const close = () => setStep("closed");
  /** What is done may take the comment off the list. */
  const doing = (action: () => Promise<unknown>) => {
    const keepFocus = keepFocusNear(button.current!.closest("li")!);
    return action().then(keepFocus);
  };
  const name = `@${comment.author.handle}`;
  return (
    <>
      <button
        ref={button}
        type="button"
        class="comment-button"
        aria-label={t("Options for the comment by {name}", { name })}
        aria-haspopup="dialog"
        onClick={() => setStep("menu")}
      >
        <Icon name="more" />
      </button>
      {step === "menu" && (
        <Dialog title={t("Comment options")} class="dialog-menu" onClose={close}>
          <ul class="menu dialog-body">
            <Items
              {...{ comment, onEdit, doing }}
              onClose={close}
              onDelete={() => setStep("delete")}
              isOwn={comment.author.id === own.id}
              onReport={() => {
                close();
                report({ kind: "comment", id: comment.id, author: comment.author });
              }}
            />
          </ul>
        </Dialog>
      )}
      {step === "delete" && (
        <Confirm
          title={t("Delete this comment?")}
          action={t("Delete")}
          keep={t("Keep it")}
          danger
          onConfirm={() => doing(() => deleteComment(comment))}
          onClose={close}
        >
          <p>{t("It cannot be brought back. Replies to it stay.")}</p>
        </Confirm>
      )}
    </>
  );
}

interface ItemsProps {
  comment: Present;
  onEdit: () => void;
  onDelete: () => void;
  isOwn: boolean;
  onReport: () => void;
  onClose: () => void;
  doing: (action: () => Promise<unknown>) => Promise<unknown>;
}

function Items(props: ItemsProps) {
  const { comment, onEdit, onDelete, isOwn, onReport, onClose, doing } = props;
  const closing = (action: () => Promise<unknown>) => () => {
    onClose();
    void doing(action);
  };
  const edit = () => {
    onClose();
    onEdit();
  };
  return (
    <>
      {comment.can_moderate && comment.held && (
        <Item icon="check" text={t("Approve")} onClick={closing(() => approveComment(comment))} />
      )}
      {comment.can_moderate && (
        <>
          {comment.reply_to === null && (
            <Item
              icon="pin"
              text={comment.pinned ? t("Do not pin any more") : t("Pin to the top")}
              onClick={closing(() => pinComment(comment, !comment.pinned))}
            />
          )}
          <Item
            icon="block"
            text={comment.hidden ? t("Show to everybody again") : t("Hide from others")}
            onClick={closing(() => hideComment(comment, !comment.hidden))}
          />
        </>
      )}
      {comment.can_edit && <Item icon="edit" text={t("Edit")} onClick={edit} />}
      {!isOwn && <Item icon="flag" text={t("Report")} danger onClick={onReport} />}
      {comment.can_delete && <Item icon="trash" text={t("Delete")} danger onClick={onDelete} />}
    </>
  );
}

interface ItemProps {
  icon: Parameters<typeof MoreIcon>[0]["name"];
  text: string;
  danger?: boolean;
  onClick: () => void;
}

function Item({ icon, text, danger = false, onClick }: ItemProps) {
  return (
    <li>
      <button type="button" class={danger ? "menu-item danger" : "menu-item"} onClick={onClick}>
        <MoreIcon name={icon} /> {text}
      </button>
    </li>
  );
}

import { useState } from "preact/hooks";
import { Confirm } from "../components/confirm.tsx";
import { Dialog } from "../components/dialog.tsx";
import { Icon } from "../components/icons.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { approveComment, deleteComment, hideComment, pinComment } from "./comment-actions.ts";
import type { Present } from "./known-comments.ts";

interface Props {
  comment: Present;
  onEdit: () => void;
}

/** What its author, and the author of the post, can do with a comment; nothing for anybody else. */
export function CommentMenu({ comment, onEdit }: Props) {
  const [step, setStep] = useState<"closed" | "menu" | "delete">("closed");
  const { can_edit, can_delete, can_moderate } = comment;
  if (!can_edit && !can_delete && !can_moderate) return null;
  const close = () => setStep("closed");
  const name = `@${comment.author.handle}`;
  return (
    <>
      <button
        type="button"
        class="comment-button"
        aria-label={`Options for the comment by ${name}`}
        aria-haspopup="dialog"
        onClick={() => setStep("menu")}
      >
        <Icon name="more" />
      </button>
      {step === "menu" && (
        <Dialog title="Comment options" class="dialog-menu" onClose={close}>
          <ul class="menu dialog-body">
            <Items {...{ comment, onEdit }} onClose={close} onDelete={() => setStep("delete")} />
          </ul>
        </Dialog>
      )}
      {step === "delete" && (
        <Confirm
          title="Delete this comment?"
          action="Delete"
          keep="Keep it"
          danger
          onConfirm={() => deleteComment(comment).then(goOn)}
          onClose={close}
        >
          <p>It cannot be brought back. Replies to it stay.</p>
        </Confirm>
      )}
    </>
  );
}

interface ItemsProps {
  comment: Present;
  onEdit: () => void;
  onDelete: () => void;
  onClose: () => void;
}

function Items({ comment, onEdit, onDelete, onClose }: ItemsProps) {
  const closing = (action: () => unknown) => () => {
    onClose();
    void action();
  };
  return (
    <>
      {comment.can_moderate && comment.held && (
        <Item icon="check" text="Approve" onClick={closing(() => approveComment(comment))} />
      )}
      {comment.can_moderate && (
        <>
          {comment.reply_to === null && (
            <Item
              icon="pin"
              text={comment.pinned ? "Do not pin any more" : "Pin to the top"}
              onClick={closing(() => pinComment(comment, !comment.pinned))}
            />
          )}
          <Item
            icon="block"
            text={comment.hidden ? "Show to everybody again" : "Hide from others"}
            onClick={closing(() => hideComment(comment, !comment.hidden))}
          />
        </>
      )}
      {comment.can_edit && <Item icon="edit" text="Edit" onClick={closing(onEdit)} />}
      {comment.can_delete && <Item icon="trash" text="Delete" danger onClick={onDelete} />}
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

/** What had the focus is gone with the comment: it goes on from the heading of all comments. */
function goOn(isDeleted: boolean): void {
  if (isDeleted) document.getElementById("comments")?.focus({ preventScroll: true });
}

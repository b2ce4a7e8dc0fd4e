import { useState } from "preact/hooks";
import { Collect } from "../answers/collect.tsx";
import type { PostBody } from "../api.ts";
import { deletePost } from "../deletion.ts";
import { t } from "../language.ts";
import { me } from "../me.ts";
import { usePost } from "../posts.ts";
import { report } from "../reporting.ts";
import { location, navigate } from "../router.ts";
import { useStore } from "../store.ts";
import { Confirm } from "./confirm.tsx";
import { Dialog } from "./dialog.tsx";
import { EditPost } from "./edit-post.tsx";
import { MoreIcon } from "./more-icons.tsx";
import { PersonDialog, PersonItems, type PersonStep } from "./person-menu.tsx";
import { share } from "./share.ts";

interface Props {
  post: PostBody;
  onClose: () => void;
}

/** What can be done with a post: by anybody, by its author, and about its author. */
export function PostMenu({ post: given, onClose }: Props) {
  const post = usePost(given);
  const user = useStore(me);
  const own = user?.id === post.author.id;
  const [step, setStep] = useState<"menu" | "edit" | "delete" | "collect" | PersonStep>("menu");

  if (step === "edit") return <EditPost post={post} onClose={onClose} />;
  if (step === "delete") return <ConfirmDelete post={post} onClose={onClose} />;
  if (step === "collect") return <Collect post={post} onClose={onClose} />;
  if (step !== "menu") return <PersonDialog step={step} person={post.author} onClose={onClose} />;
  return (
    <Dialog title={t("Post options")} class="dialog-menu" onClose={onClose}>
      <ul class="menu dialog-body">
        {location.value.path !== `/p/${post.id}` && (
          <li>
            <a class="menu-item" href={`/p/${post.id}`} onClick={onClose}>
              <MoreIcon name="image" /> {t("Go to post")}
            </a>
          </li>
        )}
        <li>
          <button
            type="button"
            class="menu-item"
            onClick={() => {
              onClose();
              void share(post);
            }}
          >
            <MoreIcon name="link" /> {t("Share link")}
          </button>
        </li>
        <li>
          <button type="button" class="menu-item" onClick={() => setStep("collect")}>
            <MoreIcon name="save" /> {t("Add to a collection")}
          </button>
        </li>
        {own && (
          <>
            <li>
              <button type="button" class="menu-item" onClick={() => setStep("edit")}>
                <MoreIcon name="edit" /> {t("Edit post")}
              </button>
            </li>
            <li>
              <button type="button" class="menu-item danger" onClick={() => setStep("delete")}>
                <MoreIcon name="trash" /> {t("Delete post")}
              </button>
            </li>
          </>
        )}
        {user !== null && !own && (
          <>
            <PersonItems person={post.author} onStep={setStep} onClose={onClose} />
            <li>
              <button
                type="button"
                class="menu-item danger"
                onClick={() => {
                  onClose();
                  report({ kind: "post", id: post.id, author: post.author });
                }}
              >
                <MoreIcon name="flag" /> {t("Report post")}
              </button>
            </li>
          </>
        )}
      </ul>
    </Dialog>
  );
}

function ConfirmDelete({ post, onClose }: Props) {
  async function confirm(): Promise<void> {
    const isDeleted = await deletePost(post);
    onClose();
    if (isDeleted && location.value.path === `/p/${post.id}`) navigate("/", { replace: true });
  }

  return (
    <Confirm
      title={t("Delete this post?")}
      action={t("Delete")}
      keep={t("Keep it")}
      danger
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>{t("It disappears from all feeds at once. You can restore it for 30 days.")}</p>
    </Confirm>
  );
}

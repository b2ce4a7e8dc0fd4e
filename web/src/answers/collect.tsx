import { useState } from "preact/hooks";
import { MAX_COLLECTION_NAME } from "../../build/limits.ts";
import type { CollectionBody, PostBody } from "../api.ts";
import { collections, createCollection, loadCollections, setInCollection } from "../collections.ts";
import { Dialog } from "../components/dialog.tsx";
import { Retry } from "../components/endless.tsx";
import { Field } from "../components/field.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { sentence } from "../errors.ts";
import { t } from "../language.ts";
import { useResource } from "../resource.ts";
import { useStore } from "../store.ts";
import { toast } from "../toasts.ts";

interface Props {
  post: PostBody;
  onClose: () => void;
}

/** Puts a post into a collection, which saves it: one there is, or a new one. */
export function Collect({ post, onClose }: Props) {
  const loaded = useResource("collections", loadCollections);
  const found = useStore(collections) ?? [];
  const [name, setName] = useState("");
  const [error, setError] = useState<string | null>(null);

  async function put(choose: () => Promise<CollectionBody>): Promise<void> {
    setError(null);
    try {
      const collection = await choose();
      await setInCollection(post, collection, true);
      toast(t("Added to {name}.", { name: collection.name }), {
        action: t("Undo"),
        onAction: () => void takeOut(post, collection),
      });
      onClose();
    } catch (reason) {
      setError(sentence(reason));
    }
  }

  return (
    <Dialog title={t("Add to a collection")} class="dialog-small" onClose={onClose}>
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          void put(() => createCollection(name));
        }}
      >
        <div class="dialog-body form">
          {loaded.error && <Retry message={loaded.error} onRetry={loaded.retry} />}
          <ul class="menu">
            {found.map((collection) => (
              <li key={collection.id}>
                <button
                  type="button"
                  class="menu-item"
                  onClick={() => void put(async () => collection)}
                >
                  <MoreIcon name="save" /> <bdi>{collection.name}</bdi>
                </button>
              </li>
            ))}
          </ul>
          <Field
            label={t("Name of a new collection")}
            value={name}
            onValue={setName}
            maxLength={MAX_COLLECTION_NAME}
            error={error}
          />
        </div>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t("Cancel")}
          </button>
          <button type="submit" class="button button-primary" disabled={name.trim() === ""}>
            {t("Create and add")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** False if it failed, which is told. */
export async function takeOut(post: PostBody, collection: CollectionBody): Promise<boolean> {
  try {
    await setInCollection(post, collection, false);
  } catch (error) {
    toast(sentence(error), { isError: true });
    return false;
  }
  toast(t("Taken out of {name}. It is still saved.", { name: collection.name }));
  return true;
}

import { useState } from "preact/hooks";
import { MAX_COLLECTION_NAME } from "../../build/limits.ts";
import { takeOut } from "../answers/collect.tsx";
import { type CollectionBody, call, type PostBody } from "../api.ts";
import {
  collections,
  createCollection,
  deleteCollection,
  loadCollections,
  renameCollection,
} from "../collections.ts";
import { Confirm } from "../components/confirm.tsx";
import { Dialog } from "../components/dialog.tsx";
import { Empty } from "../components/empty.tsx";
import { Endless, Retry } from "../components/endless.tsx";
import { Field } from "../components/field.tsx";
import { Page } from "../components/page.tsx";
import { GridSkeleton, PostGrid } from "../components/post-grid.tsx";
import { sentence } from "../errors.ts";
import { counted, t } from "../language.ts";
import { List, type Page as ListPage } from "../lists.ts";
import { readPage } from "../posts.ts";
import { useIsShown } from "../relations.ts";
import { useResource } from "../resource.ts";
import { navigate } from "../router.ts";
import { useStore } from "../store.ts";
import { ofThisVisit } from "../visits.ts";
import { OwnTabs } from "./own-tabs.tsx";

/** Everything that one has saved, and one's collections of it. */
export function SavedView() {
  const list = ofThisVisit("saved", () => postsOf((query) => call("get", "/me/saved", { query })));
  return (
    <Page title={t("Saved posts")} class="page-wide">
      <OwnTabs />
      <Collections />
      <Posts list={list} empty={t("Nothing is saved yet")}>
        {t("Save a post, and it appears here. Only you see what you have saved.")}
      </Posts>
    </Page>
  );
}

function Collections() {
  const loaded = useResource("collections", loadCollections);
  const found = useStore(collections) ?? [];
  const [isAdding, setAdding] = useState(false);
  if (loaded.error) return <Retry message={loaded.error} onRetry={loaded.retry} />;
  return (
    <section class="collections" aria-labelledby="collections">
      <h2 id="collections">{t("Collections")}</h2>
      <ul class="collection-list">
        {found.map(({ id, name, count }) => (
          <li key={id}>
            <a class="button" href={`/saved/${id}`}>
              <bdi>{name}</bdi>{" "}
              <span class="handle">{counted(count, "{count} post", "{count} posts")}</span>
            </a>
          </li>
        ))}
        <li>
          <button type="button" class="button" onClick={() => setAdding(true)}>
            {t("New collection")}
          </button>
        </li>
      </ul>
      {isAdding && (
        <NameDialog
          title={t("New collection")}
          name=""
          action={t("Create")}
          onName={createCollection}
          onClose={() => setAdding(false)}
        />
      )}
    </section>
  );
}

/** The posts in a collection. */
export function CollectionView({ id }: Record<string, string>) {
  const loaded = useResource("collections", loadCollections);
  const collection = (useStore(collections) ?? []).find((one) => one.id === id);
  const [out, setOut] = useState<ReadonlySet<string>>(new Set());
  const list = ofThisVisit("collection", () =>
    postsOf((query) =>
      call("get", "/me/collections/{collection_id}", { path: { collection_id: id! }, query }),
    ),
  );
  if (loaded.value !== null && collection === undefined) return <NoCollection />;
  return (
    <Page title={collection?.name ?? t("Collection")} class="page-wide">
      <OwnTabs />
      {loaded.error && <Retry message={loaded.error} onRetry={loaded.retry} />}
      {collection && <CollectionActions collection={collection} />}
      <Posts
        list={list}
        empty={t("This collection is empty")}
        onTakeOut={async (post) => {
          const isOut = await takeOut(post, collection!);
          if (isOut) setOut((ids) => new Set([...ids, post.id]));
        }}
        out={out}
      >
        {t("Choose “Add to a collection” in the options of a post.")}
      </Posts>
    </Page>
  );
}

function CollectionActions({ collection }: { collection: CollectionBody }) {
  const [step, setStep] = useState<"rename" | "delete" | null>(null);
  const close = () => setStep(null);
  return (
    <p class="collection-actions">
      <a class="button" href="/saved">
        {t("All saved posts")}
      </a>
      <button type="button" class="button" onClick={() => setStep("rename")}>
        {t("Rename")}
      </button>
      <button type="button" class="button" onClick={() => setStep("delete")}>
        {t("Delete collection")}
      </button>
      {step === "rename" && (
        <NameDialog
          title={t("Rename the collection")}
          name={collection.name}
          action={t("Rename")}
          onName={(name) => renameCollection(collection.id, name)}
          onClose={close}
        />
      )}
      {step === "delete" && (
        <Confirm
          title={t("Delete this collection?")}
          action={t("Delete")}
          keep={t("Keep it")}
          danger
          onConfirm={async () => {
            if (await deleteCollection(collection.id)) navigate("/saved", { replace: true });
          }}
          onClose={close}
        >
          <p>{t("The posts in it stay saved.")}</p>
        </Confirm>
      )}
    </p>
  );
}

function NoCollection() {
  return (
    <Page title={t("Collection not found")} hideTitle>
      <Empty title={t("There is no such collection")} drawing="save">
        <p>
          <a class="button button-primary" href="/saved">
            {t("All saved posts")}
          </a>
        </p>
      </Empty>
    </Page>
  );
}

interface NameDialogProps {
  title: string;
  name: string;
  action: string;
  /** What it raises is shown below the name. */
  onName: (name: string) => Promise<unknown>;
  onClose: () => void;
}

function NameDialog({ title, name: given, action, onName, onClose }: NameDialogProps) {
  const [name, setName] = useState(given);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      await onName(name);
      onClose();
    } catch (reason) {
      setError(sentence(reason));
      setBusy(false);
    }
  }

  return (
    <Dialog title={title} class="dialog-small" onClose={onClose}>
      <form class="dialog-form" onSubmit={(event) => void save(event)}>
        <div class="dialog-body form">
          <Field
            label={t("Name")}
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
          <button
            type="submit"
            class="button button-primary"
            disabled={isBusy || name.trim() === ""}
          >
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface PostsProps {
  list: List<PostBody>;
  /** What an empty list is told by, and what to do about it. */
  empty: string;
  children: string;
  onTakeOut?: (post: PostBody) => Promise<void>;
  /** The ids of those that were taken out. */
  out?: ReadonlySet<string>;
}

function Posts({ list, empty, children, onTakeOut, out }: PostsProps) {
  const isShown = useIsShown();
  const isIn = (post: PostBody) => isShown(post) && !out?.has(post.id);
  return (
    <Endless
      list={list}
      isShown={isIn}
      render={(posts) => <PostGrid posts={posts} {...(onTakeOut && { onTakeOut })} />}
      skeleton={<GridSkeleton />}
      empty={
        <Empty title={empty} drawing="save" next="explore">
          <p>{children}</p>
        </Empty>
      }
    />
  );
}

type Query = { limit: number; cursor?: string };

function postsOf(read: (query: Query) => Promise<ListPage<PostBody>>): List<PostBody> {
  return new List(
    (cursor) => readPage(() => read({ limit: 30, ...(cursor !== undefined && { cursor }) })),
    (post) => post.id,
  );
}

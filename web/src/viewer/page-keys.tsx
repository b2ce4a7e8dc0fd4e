/** The keys of every page but the moderators', which have their own. */
import { useEffect } from "preact/hooks";
import { Dialog } from "../components/dialog.tsx";
import { Switch } from "../components/switch.tsx";
import { areKeysOn, areKeysTold, isMeantOtherwise, setKeys } from "../keys.ts";
import { t } from "../language.ts";
import { here, navigate } from "../router.ts";
import { useStore } from "../store.ts";

const PATIENCE_MS = 5_000;

const KEYS: Readonly<Record<string, () => void>> = {
  j: () => step(1),
  k: () => step(-1),
  "/": search,
  "?": () => areKeysTold.set(true),
};

/** Goes from post to post, and to the search; `?`, or a row of the settings, tells all keys. */
export function PageKeys() {
  const isOpen = useStore(areKeysTold);
  const isOn = useStore(areKeysOn);

  useEffect(() => {
    if (!isOn) return undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      if (here().startsWith("/moderation") || isMeantOtherwise(event)) return;
      const run = KEYS[event.key];
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [isOn]);

  if (!isOpen) return null;
  return (
    <Dialog title={t("Keys")} class="dialog-small" onClose={() => areKeysTold.set(false)}>
      <div class="dialog-body">
        <Switch label={t("Use these keys")} isOn={isOn} onChange={setKeys} />
        <dl class="shortcuts">
          {told().map(([keys, does]) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}

function told(): [string, string][] {
  return [
    ["j", t("Next post")],
    ["k", t("Previous post")],
    ["l", t("Like the post, or take that back")],
    ["c", t("Comment on the post")],
    ["s", t("Save the post, or take that back")],
    ["/", t("Search")],
    ["← →", t("The picture before or after, when one is open")],
    ["+ −", t("Enlarge the open picture, or make it smaller")],
    ["i", t("About the open picture")],
    ["Esc", t("Close what is open")],
    ["?", t("Show these keys")],
  ];
}

/** Moves the focus to the post after or before the one that has it, or to the first that is in view. */
function step(by: 1 | -1): void {
  const posts = [...document.querySelectorAll<HTMLElement>(".feed [data-post] > article")];
  const at = posts.findIndex((post) => post.contains(document.activeElement));
  const next =
    at >= 0
      ? posts[at + by]
      : posts.find((post) => post.getBoundingClientRect().bottom > window.innerHeight / 3);
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "start" });
}

/** Puts the focus into the search's field, once its page is there. */
function search(): void {
  const field = () => document.querySelector<HTMLElement>("main [role=combobox]");
  if (field() === null) navigate("/search");
  const ends = Date.now() + PATIENCE_MS;
  const look = () => {
    const found = field();
    if (found !== null) found.focus();
    else if (Date.now() < ends) requestAnimationFrame(look);
  };
  look();
}

import { useState } from "preact/hooks";
import { MAX_HELD_WORDS } from "../../build/limits.ts";
import { call, type Me } from "../api.ts";
import { Choice } from "../components/choice.tsx";
import { Retry } from "../components/endless.tsx";
import { Field } from "../components/field.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { Page } from "../components/page.tsx";
import { DeviceSwitch } from "../device/switch.tsx";
import { sentence } from "../errors.ts";
import { loadMe, me, rememberMe } from "../me.ts";
import { useResource } from "../resource.ts";
import { changeSetting } from "../settings.ts";
import { useStore } from "../store.ts";
import { toast } from "../toasts.ts";

/** Who may answer one's posts, and what of that one hears. */
export function AnswersView() {
  const loaded = useResource("me", loadMe);
  const own = useStore(me);
  return (
    <Page title="Comments and activity" class="page-narrow">
      {loaded.error && <Retry message={loaded.error} onRetry={loaded.retry} />}
      {own && loaded.value && (
        <>
          <WhoMay own={own} />
          <HeldWords own={own} />
          <Kinds own={own} />
          <DeviceSwitch />
        </>
      )}
      <ul class="menu settings-menu">
        <li>
          <a class="menu-item" href="/settings/held">
            <MoreIcon name="comment" /> Held comments
          </a>
        </li>
        <li>
          <a class="menu-item" href="/settings/hashtags">
            <MoreIcon name="tag" /> Followed hashtags
          </a>
        </li>
      </ul>
    </Page>
  );
}

const SAVED = "Setting saved.";

function WhoMay({ own }: { own: Me }) {
  return (
    <section class="privacy privacy-choices" aria-labelledby="who-may">
      <h2 id="who-may">Who may answer</h2>
      <Choice
        label="Who may comment on my posts"
        value={own.comments_from}
        options={COMMENTERS}
        hint="You can choose otherwise for each post."
        onChange={(comments_from) => void changeSetting({ comments_from }, SAVED)}
      />
      <Choice
        label="Who may mention me and tag me in pictures"
        value={own.mentions_from}
        options={CIRCLES}
        onChange={(mentions_from) => void changeSetting({ mentions_from }, SAVED)}
      />
    </section>
  );
}

export const COMMENTERS = [
  ["everyone", "Everybody"],
  ["followers", "My followers"],
  ["nobody", "Nobody"],
] as const;

const CIRCLES = [
  ["everyone", "Everybody"],
  ["followed", "People whom I follow"],
  ["nobody", "Nobody"],
] as const;

function HeldWords({ own }: { own: Me }) {
  const [text, setText] = useState(own.held_words.join("\n"));
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const held_words = text.split("\n").flatMap((line) => line.trim() || []);
    try {
      const saved = await call("patch", "/me", { body: { held_words } });
      rememberMe(saved);
      setText(saved.held_words.join("\n"));
      toast(SAVED);
    } catch (reason) {
      setError(sentence(reason));
    }
    setBusy(false);
  }

  return (
    <form class="privacy privacy-choices" onSubmit={(event) => void save(event)}>
      <h2>Held words</h2>
      <Field
        label="Words"
        rows={4}
        value={text}
        onValue={setText}
        error={error}
        hint={
          "One a line. A comment on your posts that has one of them is held until you approve it." +
          ` Up to ${MAX_HELD_WORDS}.`
        }
      />
      <p>
        <button type="submit" class="button" disabled={isBusy}>
          Save words
        </button>
      </p>
    </form>
  );
}

const KINDS = [
  ["likes", "Likes"],
  ["comments", "Comments and replies"],
  ["mentions", "Mentions"],
  ["tags", "Pictures in which I am tagged"],
  ["follows", "New followers"],
] as const;

function Kinds({ own }: { own: Me }) {
  return (
    <section class="privacy privacy-choices" aria-labelledby="kinds">
      <h2 id="kinds">What I hear of in my activity</h2>
      {KINDS.map(([kind, label]) => (
        <Choice
          key={kind}
          label={label}
          value={own.activity[kind]}
          options={CIRCLES}
          onChange={(circle) =>
            void changeSetting({ activity: { ...own.activity, [kind]: circle } }, SAVED)
          }
        />
      ))}
    </section>
  );
}

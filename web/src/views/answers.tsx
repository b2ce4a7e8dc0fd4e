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
import { t } from "../language.ts";
import { me } from "../me.ts";
import { loadMe, rememberMe } from "../own-profile.ts";
import { useResource } from "../resource.ts";
import { changeSetting } from "../settings.ts";
import { useStore } from "../store.ts";
import { toast } from "../toasts.ts";

/** Who may answer one's posts, and what of that one hears. */
export function AnswersView() {
  const loaded = useResource("me", loadMe);
  const own = useStore(me);
  return (
    <Page title={t("Comments and activity")} class="page-narrow">
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
            <MoreIcon name="comment" /> {t("Held comments")}
          </a>
        </li>
        <li>
          <a class="menu-item" href="/settings/hashtags">
            <MoreIcon name="tag" /> {t("Followed hashtags")}
          </a>
        </li>
      </ul>
    </Page>
  );
}

const SAVED = t("Setting saved.");

function WhoMay({ own }: { own: Me }) {
  return (
    <section class="privacy privacy-choices" aria-labelledby="who-may">
      <h2 id="who-may">{t("Who may answer")}</h2>
      <Choice
        label={t("Who may comment on my posts")}
        value={own.comments_from}
        options={COMMENTERS}
        hint={t("You can choose otherwise for each post.")}
        onChange={(comments_from) => void changeSetting({ comments_from }, SAVED)}
      />
      <Choice
        label={t("Who may mention me and tag me in pictures")}
        value={own.mentions_from}
        options={CIRCLES}
        onChange={(mentions_from) => void changeSetting({ mentions_from }, SAVED)}
      />
    </section>
  );
}

export const COMMENTERS = [
  ["everyone", t("Everybody")],
  ["followers", t("My followers")],
  ["nobody", t("Nobody")],
] as const;

const CIRCLES = [
  ["everyone", t("Everybody")],
  ["followed", t("People whom I follow")],
  ["nobody", t("Nobody")],
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
      <h2>{t("Held words")}</h2>
      <Field
        label={t("Words")}
        rows={4}
        value={text}
        onValue={setText}
        error={error}
        hint={t(
          "One a line, up to {most}. A comment on your posts that has one of them is held until you approve it.",
          { most: MAX_HELD_WORDS },
        )}
      />
      <p>
        <button type="submit" class="button" disabled={isBusy}>
          {t("Save words")}
        </button>
      </p>
    </form>
  );
}

const KINDS = [
  ["likes", t("Likes")],
  ["comments", t("Comments and replies")],
  ["mentions", t("Mentions")],
  ["tags", t("Pictures in which I am tagged")],
  ["follows", t("New followers")],
] as const;

function Kinds({ own }: { own: Me }) {
  return (
    <section class="privacy privacy-choices" aria-labelledby="kinds">
      <h2 id="kinds">{t("What I hear of in my activity")}</h2>
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

/** In place of everything else: for whoever has closed their account, or is suspended. */

import { useState } from "preact/hooks";
import { call } from "../api.ts";
import { signOut } from "../auth.ts";
import { Retry } from "../components/endless.tsx";
import { Logo } from "../components/icons.tsx";
import { Page } from "../components/page.tsx";
import { sentence } from "../errors.ts";
import { t } from "../language.ts";
import { reload } from "../layers.ts";
import { loadMe } from "../own-profile.ts";
import { useResource } from "../resource.ts";
import type { Standing } from "../standing.ts";
import { day } from "../text.ts";
import { ExportPanel } from "./export.tsx";
import { Statements } from "./statements.tsx";

export function StandingView({ kind }: { kind: Standing }) {
  return (
    <main id="main" class="main main-alone standing" tabIndex={-1}>
      <p class="sign-in-brand">
        <Logo size={44} />
        Shutterfeed
      </p>
      {kind === "closed" ? <Closed /> : <Suspended />}
    </main>
  );
}

function Closed() {
  const user = useResource("me", loadMe);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function comeBack(): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      await call("delete", "/me/closing");
      reload(); // everything is shown as it was
    } catch (error) {
      setProblem(sentence(error));
      setBusy(false);
    }
  }

  return (
    <Page title={t("Your account is closed")} class="page-narrow">
      {user.error && <Retry message={user.error} onRetry={user.retry} />}
      <section class="prose" aria-label={t("Coming back")}>
        <p>
          {t("Nobody sees anything of yours.")}{" "}
          {user.value?.closing &&
            t(
              "Until {day} you can come back, and everything is as it was. Then all of it is erased for ever.",
              { day: day(user.value.closing.erased_at) },
            )}
        </p>
        <button
          type="button"
          class="button button-primary"
          disabled={isBusy}
          onClick={() => void comeBack()}
        >
          {t("Come back")}
        </button>
        {problem && (
          <p class="field-error" role="alert">
            {problem}
          </p>
        )}
      </section>
      <Remaining />
    </Page>
  );
}

function Suspended() {
  const user = useResource("me", loadMe);
  const suspension = user.value?.suspension;
  return (
    <Page title={t("Your account is suspended")} class="page-narrow">
      <p class="page-sub">
        {t(
          "Nobody sees anything of yours, and you cannot use Shutterfeed. You can appeal against the decision, and download your data.",
        )}
      </p>
      {suspension && (
        <p class="prose">
          {suspension.until
            ? t("It ends by itself on {day}.", { day: day(suspension.until) })
            : t("It lasts until a moderator ends it.")}
        </p>
      )}
      <h2 class="standing-heading">{t("Why, and until when")}</h2>
      <Statements />
      <Remaining />
    </Page>
  );
}

/** What everybody may do, whatever has become of their account. */
function Remaining() {
  return (
    <>
      <h2 class="standing-heading">{t("Download your data")}</h2>
      <ExportPanel />
      <p class="prose">
        <button type="button" class="button" onClick={() => void signOut()}>
          {t("Sign out")}
        </button>
      </p>
    </>
  );
}

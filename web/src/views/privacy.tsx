import { useState } from "preact/hooks";
import type { Me } from "../api.ts";
import { Confirm } from "../components/confirm.tsx";
import { Retry } from "../components/endless.tsx";
import { Page } from "../components/page.tsx";
import { Switch } from "../components/switch.tsx";
import { counted, t } from "../language.ts";
import { me } from "../me.ts";
import { loadMe } from "../own-profile.ts";
import { useResource } from "../resource.ts";
import { changeSetting } from "../settings.ts";
import { useStore } from "../store.ts";

/** Who sees one's posts, and which posts one does not want to see uncovered. */
export function PrivacyView() {
  const loaded = useResource("me", loadMe);
  const own = useStore(me);
  return (
    <Page title={t("Who sees your posts")} class="page-narrow">
      {loaded.error && <Retry message={loaded.error} onRetry={loaded.retry} />}
      {own && loaded.value && (
        <>
          <PrivateAccount own={own} />
          <PublicPage own={own} />
          <SensitivePosts own={own} />
        </>
      )}
    </Page>
  );
}

const PRIVATE_HINT = t(
  "Whoever wants to follow you has to ask. If you make your account public, everybody can see your posts, and all who have asked are accepted.",
);
const PUBLIC_HINT = t(
  "Everybody can see your posts and follow you. If you make your account private, your followers stay, new ones have to ask, and your posts leave the search.",
);

function PrivateAccount({ own }: { own: Me }) {
  const [isAsking, setAsking] = useState(false);

  const change = (isPrivate: boolean) =>
    changeSetting(
      { private: isPrivate },
      isPrivate ? t("Your account is private now.") : t("Your account is public now."),
    );

  return (
    <section class="privacy" aria-labelledby="private-account">
      <h2 id="private-account">{t("Private account")}</h2>
      <Switch
        label={t("Only people whom I accept see my posts")}
        isOn={own.private}
        onChange={(isPrivate) => {
          if (isPrivate) void change(true);
          else setAsking(true); // it stays on until one has answered
        }}
        hint={own.private ? PRIVATE_HINT : PUBLIC_HINT}
      />
      {isAsking && (
        <Confirm
          title={t("Make your account public?")}
          action={t("Make it public")}
          keep={t("Keep it private")}
          onConfirm={() => change(false)}
          onClose={() => setAsking(false)}
        >
          <p>{t("Everybody will see all your posts, and find them with the search.")}</p>
          {own.requests > 0 && (
            <p>
              {counted(
                own.requests,
                "The person who has asked to follow you is accepted.",
                "All {count} people who have asked to follow you are accepted.",
              )}{" "}
              {t("Whom you do not want as a follower you can decline before.")}
            </p>
          )}
        </Confirm>
      )}
    </section>
  );
}

const OPEN_HINT = t(
  "Whoever has a link, and search engines, can see your profile and posts without an account, and messengers show a preview of them.",
);
const CLOSED_HINT = t(
  "Nobody sees your profile and posts without signing in, and messengers show no preview of them.",
);
const STILL_PRIVATE = t(
  "This counts once your account is public: as long as it is private, nobody sees it without signing in.",
);

function PublicPage({ own }: { own: Me }) {
  const hint = own.public_page ? OPEN_HINT : CLOSED_HINT;
  return (
    <section class="privacy" aria-labelledby="public-page">
      <h2 id="public-page">{t("People without an account")}</h2>
      <Switch
        label={t("Everybody may see my page")}
        isOn={own.public_page}
        onChange={(public_page) =>
          void changeSetting(
            { public_page },
            public_page
              ? t("People without an account can see your page now.")
              : t("Within a minute, your page is only for people who are signed in."),
          )
        }
        hint={own.private ? STILL_PRIVATE : hint}
      />
    </section>
  );
}

function SensitivePosts({ own }: { own: Me }) {
  return (
    <section class="privacy" aria-labelledby="sensitive-posts">
      <h2 id="sensitive-posts">{t("Sensitive posts")}</h2>
      <Switch
        label={t("Blur posts that are marked as sensitive")}
        isOn={own.sensitive === "blur"}
        onChange={(isBlurred) =>
          void changeSetting(
            { sensitive: isBlurred ? "blur" : "show" },
            isBlurred ? t("Sensitive posts are blurred now.") : t("Sensitive posts are shown now."),
          )
        }
        hint={t("You can look at each blurred post. Your own are never blurred for you.")}
      />
    </section>
  );
}

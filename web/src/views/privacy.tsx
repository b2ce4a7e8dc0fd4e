import { useState } from "preact/hooks";
import { call, type Me } from "../api.ts";
import { Confirm } from "../components/confirm.tsx";
import { Retry } from "../components/endless.tsx";
import { Icon } from "../components/icons.tsx";
import { Page } from "../components/page.tsx";
import { sentence } from "../errors.ts";
import { loadMe, me, setMe } from "../me.ts";
import { useResource } from "../resource.ts";
import { useStore } from "../store.ts";
import { plural } from "../text.ts";
import { toast } from "../toasts.ts";

/** Who sees one's posts, and whom one does not want to see. */
export function PrivacyView() {
  const loaded = useResource("me", loadMe);
  const own = useStore(me);
  return (
    <Page title="Privacy" class="page-narrow">
      {loaded.error && <Retry message={loaded.error} onRetry={loaded.retry} />}
      {own && loaded.value && <PrivateAccount own={own} />}
      <ul class="menu settings-menu">
        <li>
          <a class="menu-item" href="/requests">
            <Icon name="person" /> Follow requests
            {own !== null && own.requests > 0 && (
              <span class="badge menu-count">{plural(own.requests, "person", "people")}</span>
            )}
          </a>
        </li>
        <li>
          <a class="menu-item" href="/settings/blocked">
            <Icon name="block" /> Blocked people
          </a>
        </li>
        <li>
          <a class="menu-item" href="/settings/muted">
            <Icon name="muted" /> Muted people
          </a>
        </li>
      </ul>
    </Page>
  );
}

const PRIVATE_HINT =
  "Whoever wants to follow you has to ask. If you make your account public, everybody can see your" +
  " posts, and all who have asked are accepted.";
const PUBLIC_HINT =
  "Everybody can see your posts and follow you. If you make your account private, your followers" +
  " stay, new ones have to ask, and your posts leave the search.";

/** The switch is moved at once, and moved back if the API refuses. */
function PrivateAccount({ own }: { own: Me }) {
  const [isAsking, setAsking] = useState(false);

  async function change(isPrivate: boolean): Promise<void> {
    setMe({ ...own, private: isPrivate });
    try {
      setMe(await call("patch", "/me", { body: { private: isPrivate } }));
      toast(isPrivate ? "Your account is private now." : "Your account is public now.");
    } catch (error) {
      setMe(own);
      toast(sentence(error), { isError: true });
    }
  }

  return (
    <section class="privacy" aria-labelledby="private-account">
      <h2 id="private-account">Private account</h2>
      <label class="check">
        <input
          class="switch"
          type="checkbox"
          role="switch"
          aria-checked={own.private}
          checked={own.private}
          aria-describedby="private-hint"
          onChange={(event) => {
            if (event.currentTarget.checked) void change(true);
            else {
              event.currentTarget.checked = true; // it stays on until one has answered
              setAsking(true);
            }
          }}
        />
        Only people whom I accept see my posts
      </label>
      <p class="field-hint" id="private-hint">
        {own.private ? PRIVATE_HINT : PUBLIC_HINT}
      </p>
      {isAsking && (
        <Confirm
          title="Make your account public?"
          action="Make it public"
          keep="Keep it private"
          onConfirm={() => change(false)}
          onClose={() => setAsking(false)}
        >
          <p>Everybody will see all your posts, and find them with the search.</p>
          {own.requests > 0 && (
            <p>
              {own.requests === 1
                ? "The person who has asked to follow you is accepted."
                : `All ${own.requests} people who have asked to follow you are accepted.`}{" "}
              Whom you do not want as a follower you can decline before.
            </p>
          )}
        </Confirm>
      )}
    </section>
  );
}

/** The page of an address: for whoever is signed in, and for whoever is not. */
import { Boundary } from "./components/boundary.tsx";
import { Icon } from "./components/icons.tsx";
import { t } from "./language.ts";
import { findView, PUBLIC_ROUTES, ROUTES } from "./routes.ts";
import { NotFoundView } from "./views/not-found.tsx";
import { PublicFrame } from "./views/public.tsx";

/** The pages to which the settings lead. An app on the home screen has no button of its own to go back. */
const OF_SETTINGS = /^\/(settings\/.|(drafts|uploads|scheduled|deleted|requests)$)/;

/** Every page but the feed. */
export function Inside({ path }: { path: string }) {
  const [Shown, values] = findView(ROUTES, path) ?? [NotFoundView, {}];
  return (
    <>
      {OF_SETTINGS.test(path) && (
        <a class="page-back" href="/settings">
          <Icon name="left" />
          {t("Settings")}
        </a>
      )}
      <Shown {...values} />
    </>
  );
}

/** What everybody may see. */
export function Outside({ path }: { path: string }) {
  const [Shown, values] = findView(PUBLIC_ROUTES, path) ?? [NotFoundView, {}];
  return (
    <Boundary key={path}>
      <PublicFrame>
        <Shown {...values} />
      </PublicFrame>
    </Boundary>
  );
}

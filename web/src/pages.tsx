/** The page of an address: for whoever is signed in, and for whoever is not. */
import { farewell } from "./auth.ts";
import { Boundary } from "./components/boundary.tsx";
import { findView, PUBLIC_ROUTES, ROUTES } from "./routes.ts";
import { useStore } from "./store.ts";
import { NotFoundView } from "./views/not-found.tsx";
import { PublicFrame } from "./views/public.tsx";
import { SignInView } from "./views/sign-in.tsx";

/** Every page but the feed. */
export function Inside({ path }: { path: string }) {
  const [Shown, values] = findView(ROUTES, path) ?? [NotFoundView, {}];
  return <Shown {...values} />;
}

/** What everybody may see; on any other address, and once a session has ended, signing in. */
export function Outside({ path }: { path: string }) {
  const hasLeft = useStore(farewell) !== null;
  const [Shown, values] = findView(PUBLIC_ROUTES, path) ?? [];
  if (Shown === undefined || hasLeft) {
    return (
      <main id="main" class="main main-alone">
        <Boundary key="sign-in">
          <SignInView />
        </Boundary>
      </main>
    );
  }
  return (
    <Boundary key={path}>
      <PublicFrame>
        <Shown {...values} />
      </PublicFrame>
    </Boundary>
  );
}

/** The page of an address: for whoever is signed in, and for whoever is not. */
import { Boundary } from "./components/boundary.tsx";
import { findView, PUBLIC_ROUTES, ROUTES } from "./routes.ts";
import { NotFoundView } from "./views/not-found.tsx";
import { PublicFrame } from "./views/public.tsx";

/** Every page but the feed. */
export function Inside({ path }: { path: string }) {
  const [Shown, values] = findView(ROUTES, path) ?? [NotFoundView, {}];
  return <Shown {...values} />;
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

import { useEffect, useState } from "preact/hooks";
import { farewell, interrupted, signedIn } from "./auth.ts";
import { Boundary, reason } from "./components/boundary.tsx";
import { Navigation } from "./components/navigation.tsx";
import { OfflineBanner } from "./components/offline-banner.tsx";
import { Toaster } from "./components/toaster.tsx";
import { closeCompose, compose } from "./compose.ts";
import { lazy, lazyPart } from "./lazy.tsx";
import { keepMeFresh, loadMeAtLast } from "./me.ts";
import { useFilesFromOutside } from "./outside-files.ts";
import { resumePending } from "./pending.ts";
import { closeMenu, menuOf } from "./post-menu.ts";
import { followLinks, location } from "./router.ts";
import { findView, PUBLIC_ROUTES, ROUTES, views } from "./routes.ts";
import { useStore } from "./store.ts";
import { sending } from "./tabs.ts";
import { toast } from "./toasts.ts";
import { NotFoundView } from "./views/not-found.tsx";

const SIGN_IN_PATHS = ["/sign-in", "/sign-up", "/confirm", "/forgot-password"];

const PublicFrame = lazy(() => views().then((module) => module.PublicFrame));
const PostMenu = lazy(() => views().then((module) => module.PostMenu));
const SignInView = lazy(() => views().then((module) => module.SignInView));
const SignInAgain = lazy(() => views().then((module) => module.SignInAgain));
const Compose = lazy(() => import("./upload/all.ts").then((module) => module.Compose));
const Counting = lazyPart(() => import("./answers/all.ts").then((module) => module.Counting));
const Tray = lazyPart(() => import("./upload/all.ts").then((module) => module.Tray));

/** After the first pictures: nothing of it is urgent. */
const SETTLE_MS = 1_500;

export function App() {
  const isSignedIn = useStore(signedIn);
  const { path } = useStore(location);

  useEffect(() => {
    document.addEventListener("click", followLinks);
    return () => document.removeEventListener("click", followLinks);
  }, []);

  if (!isSignedIn || SIGN_IN_PATHS.includes(path)) return <SignedOut path={path} />;
  return <SignedIn path={path} />;
}

/** What everybody may see; on any other address, and once a session has ended, signing in. */
function SignedOut({ path }: { path: string }) {
  const hasLeft = useStore(farewell) !== null;
  const [Shown, values] = findView(PUBLIC_ROUTES, path) ?? [];
  return (
    <>
      <OfflineBanner />
      {Shown && !hasLeft ? (
        <Boundary key={path}>
          <PublicFrame>
            <Shown {...values} />
          </PublicFrame>
        </Boundary>
      ) : (
        <main id="main" class="main main-alone">
          <Boundary key="sign-in">
            <SignInView />
          </Boundary>
        </main>
      )}
      <Toaster />
    </>
  );
}

function SignedIn({ path }: { path: string }) {
  const composing = useStore(compose);
  const isSending = useStore(sending).size > 0;
  const isInterrupted = useStore(interrupted);
  const [isSettled, setSettled] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(true);
      void resumePending();
      void loadMeAtLast();
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, []);
  useEffect(keepMeFresh, []);
  useFilesFromOutside();

  const [Shown, values] = findView(ROUTES, path) ?? [NotFoundView, {}];
  return (
    <div class="app">
      <a class="skip-link" href="#main">
        Skip to content
      </a>
      <Navigation path={path} />
      <OfflineBanner />
      <main id="main" class="main" tabIndex={-1}>
        <Boundary key={path}>
          <Shown {...values} />
          <OpenMenu />
        </Boundary>
      </main>
      {isSending && <Tray />}
      {isSettled && <Counting />}
      {composing && (
        <Boundary>
          <Compose files={composing.files} onClose={closeCompose} />
        </Boundary>
      )}
      {isInterrupted && (
        <Boundary>
          <SignInAgain />
        </Boundary>
      )}
      <Toaster />
    </div>
  );
}

/** The page's cards only say whose menu it is: the menu leads to pages, and they to cards. */
function OpenMenu() {
  const post = useStore(menuOf);
  if (post === null) return null;
  const fail = (error: unknown) => {
    closeMenu();
    toast(reason(error), { isError: true });
  };
  return (
    <Boundary key={post.id} onPartFailed={fail}>
      <PostMenu post={post} onClose={closeMenu} />
    </Boundary>
  );
}

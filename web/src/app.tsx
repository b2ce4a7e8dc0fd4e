import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { farewell, interrupted, signedIn } from "./auth.ts";
import { Boundary, reason } from "./components/boundary.tsx";
import { Navigation } from "./components/navigation.tsx";
import { OfflineBanner } from "./components/offline-banner.tsx";
import { Toaster } from "./components/toaster.tsx";
import { closeCompose, compose } from "./compose.ts";
import { goOnWithHandle, waitingForHandle } from "./handles.ts";
import { t } from "./language.ts";
import { lazy, lazyPart } from "./lazy.tsx";
import { closeViewer, looking } from "./looking.ts";
import { isNew, me } from "./me.ts";
import { useFilesFromOutside } from "./outside-files.ts";
import { isPublic } from "./paths.ts";
import { awaitedIds, isAnyKept, watchOtherTabs } from "./pending.ts";
import { closeMenu, menuOf } from "./post-menu.ts";
import { closeReport, reporting } from "./reporting.ts";
import { followLinks, location, navigate } from "./router.ts";
import { standing } from "./standing.ts";
import { Store, useStore } from "./store.ts";
import { elsewhere, sending } from "./tabs.ts";
import { toast } from "./toasts.ts";
import { FeedView } from "./views/feed.tsx";

const SIGN_IN_PATHS = ["/sign-in", "/sign-up", "/confirm", "/forgot-password"];

const signing = () => import("./sign-in/all.ts");
const views = () => import("./views/all.ts");
const offline = () => import("./offline/all.ts");
const safety = () => import("./safety/all.ts");
const viewer = () => import("./viewer/all.ts");
const uploading = () => import("./upload/all.ts");

const Inside = lazy(views, "Inside");
const Outside = lazy(views, "Outside");
const PostMenu = lazy(views, "PostMenu");
const ReportDialog = lazy(safety, "ReportDialog");
const StandingView = lazy(safety, "StandingView");
const Viewer = lazy(viewer, "Viewer");
const PageKeys = lazyPart(viewer, "PageKeys");
const SignInView = lazy(signing, "SignInView");
const SignInAgain = lazy(signing, "SignInAgain");
const HandleDialog = lazy(() => import("./welcome/all.ts"), "HandleDialog");
const Compose = lazy(uploading, "Compose");
const Counting = lazyPart(() => import("./answers/all.ts"), "Counting");
const Tray = lazyPart(uploading, "Tray");

/** After the first pictures: nothing of it is urgent. */
const SETTLE_MS = 1_500;
const isSettled = new Store(false);

/** Asks after the posts that this browser awaits. The code for it comes only if there are any. */
function goOnWaiting(): void {
  if (awaitedIds().length > 0) views().then((part) => part.resumePending(), ignore);
}

/** Sends what is kept in this browser and is sent by no tab. The code for it comes only if there is any. */
function goOnSending(): void {
  if (isAnyKept()) uploading().then((part) => part.resumeOutbox(), ignore);
}

function goOn(): void {
  goOnWaiting();
  goOnSending();
}

/** What does not come is asked for the next time. */
const ignore = () => undefined;

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
  return (
    <>
      <OfflineBanner />
      {isPublic(path) && !hasLeft ? (
        <Boundary>
          <Outside path={path} />
        </Boundary>
      ) : (
        <main id="main" class="main main-alone">
          <Boundary key="sign-in">
            <SignInView />
          </Boundary>
        </main>
      )}
      <OpenViewer />
      <Toaster />
    </>
  );
}

/** What is on top of the page watches for itself whether it is open: the page is not drawn anew for it. */
function SignedIn({ path }: { path: string }) {
  const held = useStore(standing);
  const isWelcome = /^\/welcome(\/|$)/.test(path);
  useFilesFromOutside();

  useEffect(() => {
    const timer = setTimeout(() => {
      isSettled.set(true);
      goOn();
      // What cannot be kept is there as long as the network is.
      offline()
        .then((part) => part.keepForOffline())
        .catch(ignore);
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      isSettled.set(false);
    };
  }, []);
  useEffect(() => elsewhere.watch(goOnSending), []); // the tab that sent may have been closed
  useEffect(() => watchOtherTabs(goOn), []);

  if (held !== null) {
    return (
      <>
        <OfflineBanner />
        <Boundary key={held}>
          <StandingView kind={held} />
        </Boundary>
        <OpenSignIn />
        <Toaster />
      </>
    );
  }
  return (
    <div class="app">
      {!isWelcome && (
        <>
          <a class="skip-link" href="#main">
            {t("Skip to content")}
          </a>
          <Navigation path={path} />
        </>
      )}
      <OfflineBanner />
      <main id="main" class={isWelcome ? "main main-alone" : "main"} tabIndex={-1}>
        <Boundary key={path}>
          {path === "/" ? <FeedView /> : <Inside path={path} />}
          <OpenViewer />
          <OpenMenu />
        </Boundary>
      </main>
      <OpenReport />
      {path !== "/" && <OpenTray />}
      <OpenHandleDialog />
      <Settled />
      <Welcoming path={path} />
      <OpenCompose />
      <OpenSignIn />
      <Toaster />
    </div>
  );
}

/** What comes after the first pictures. */
function Settled() {
  if (!useStore(isSettled)) return null;
  return (
    <>
      <Counting />
      <PageKeys />
    </>
  );
}

/** Who has left the welcome otherwise than by its buttons finds it again at home. */
function Welcoming({ path }: { path: string }) {
  const own = useStore(me);
  useEffect(() => {
    if (path === "/" && isNew(own)) navigate("/welcome", { replace: true });
  }, [path, own]);
  return null;
}

function OpenCompose() {
  const request = useStore(compose);
  return (
    request && (
      <Boundary>
        <Compose files={request.files} onClose={closeCompose} />
      </Boundary>
    )
  );
}

function OpenTray() {
  const isSending = useStore(sending).size > 0;
  return isSending ? <Tray /> : null;
}

function OpenSignIn() {
  const isInterrupted = useStore(interrupted);
  return isInterrupted ? (
    <Boundary>
      <SignInAgain />
    </Boundary>
  ) : null;
}

/** The page's cards only say whose menu it is: the menu leads to pages, and they to cards. */
function OpenMenu() {
  const post = useStore(menuOf);
  return (
    post && (
      <Part key={post.id} onClose={closeMenu}>
        <PostMenu post={post} onClose={closeMenu} />
      </Part>
    )
  );
}

function OpenViewer() {
  const start = useStore(looking);
  return (
    start && (
      <Part key={start.post.id} onClose={closeViewer}>
        <Viewer start={start} />
      </Part>
    )
  );
}

/** On top of everything: what is reported leaves the page below it at once. */
function OpenReport() {
  const subject = useStore(reporting);
  return (
    subject && (
      <Part key={subject.id} onClose={closeReport}>
        <ReportDialog subject={subject} onClose={closeReport} />
      </Part>
    )
  );
}

/** What one has opened; if its code cannot be fetched, it is closed, and one is told. */
function Part({ onClose, children }: { onClose: () => void; children: ComponentChildren }) {
  const fail = (error: unknown) => {
    onClose();
    toast(reason(error), { isError: true });
  };
  return <Boundary onPartFailed={fail}>{children}</Boundary>;
}

/** Before a first post or comment. */
function OpenHandleDialog() {
  if (useStore(waitingForHandle) === null) return null;
  return (
    <Boundary onPartFailed={goOnWithHandle}>
      <HandleDialog />
    </Boundary>
  );
}

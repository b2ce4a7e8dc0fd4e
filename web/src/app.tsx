import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { farewell, interrupted, signedIn } from "./auth.ts";
import { Boundary, reason } from "./components/boundary.tsx";
import { Icon, type IconName, Logo } from "./components/icons.tsx";
import { Toaster } from "./components/toaster.tsx";
import { closeCompose, compose, openCompose } from "./compose.ts";
import { lazy, lazyPart } from "./lazy.tsx";
import { keepMeFresh, loadMeAtLast, me } from "./me.ts";
import { match } from "./paths.ts";
import { resumePending } from "./pending.ts";
import { closeMenu, menuOf } from "./post-menu.ts";
import { followLinks, location } from "./router.ts";
import { useStore } from "./store.ts";
import { sending } from "./tabs.ts";
import { count, plural } from "./text.ts";
import { toast } from "./toasts.ts";
import { unseen } from "./unseen.ts";
import { FeedView } from "./views/feed.tsx";
import { NotFoundView } from "./views/not-found.tsx";

type View = ComponentType<Record<string, string>>;

const views = () => import("./views/all.ts");
const view = (
  name: Exclude<
    keyof Awaited<ReturnType<typeof views>>,
    "PendingPosts" | "PostMenu" | "PublicFrame" | "SignInAgain" | "Suggested"
  >,
): View => lazy<Record<string, string>>(() => views().then((module) => module[name] as View));

/** The feed is the first screen; all else comes with the first step away from it. */
const ROUTES: readonly (readonly [string, View])[] = [
  ["/", FeedView],
  ["/me", view("MeView")],
  ["/u/:handle", view("ProfileView")],
  ["/u/:handle/followers", view("FollowersView")],
  ["/u/:handle/following", view("FollowingView")],
  ["/p/:id", view("PostView")],
  ["/p/:id/likes", view("LikersView")],
  ["/activity", view("ActivityView")],
  ["/liked", view("LikedView")],
  ["/saved", view("SavedView")],
  ["/saved/:id", view("CollectionView")],
  ["/comments", view("OwnCommentsView")],
  ["/search", view("SearchView")],
  ["/tags/:tag", view("TagView")],
  ["/uploads", view("UploadsView")],
  ["/deleted", view("DeletedView")],
  ["/settings", view("SettingsView")],
  ["/settings/security", view("SecurityView")],
  ["/settings/privacy", view("PrivacyView")],
  ["/settings/answers", view("AnswersView")],
  ["/settings/held", view("HeldCommentsView")],
  ["/settings/hashtags", view("HashtagsView")],
  ["/settings/blocked", view("BlockedView")],
  ["/settings/muted", view("MutedView")],
  ["/requests", view("RequestsView")],
];
/** What everybody may see, also who is not signed in. */
const PUBLIC_ROUTES: readonly (readonly [string, View])[] = [
  ["/p/:id", view("PostView")],
  ["/u/:handle", view("PublicProfileView")],
  ["/tags/:tag", view("TagView")],
];
export const SIGN_IN_PATHS = ["/sign-in", "/sign-up", "/confirm", "/forgot-password"];

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
  const [Shown, values] = route(PUBLIC_ROUTES, path) ?? [];
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

  const [Shown, values] = route(ROUTES, path) ?? [NotFoundView, {}];
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

function route(
  routes: readonly (readonly [string, View])[],
  path: string,
): [View, Record<string, string>] | null {
  for (const [pattern, shown] of routes) {
    const values = match(pattern, path);
    if (values !== null) return [shown, values];
  }
  return null;
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

function Navigation({ path }: { path: string }) {
  const user = useStore(me);
  const profile = user ? `/u/${user.handle}` : "/me";
  const requests = user?.requests ?? 0;
  const unread = useStore(unseen);
  return (
    <nav class="nav" aria-label="Main">
      <a class="brand" href="/" aria-label="Shutterfeed">
        <Logo size={32} />
        <span class="brand-name">Shutterfeed</span>
      </a>
      <ul class="nav-items">
        <NavLink href="/" label="Home" icon="home" path={path} />
        <NavLink href="/search" label="Search" icon="search" path={path} />
        <li>
          <button
            type="button"
            class="nav-item nav-post"
            aria-haspopup="dialog"
            onClick={openCompose}
          >
            <Icon name="add" />
            <span class="nav-label">New post</span>
          </button>
        </li>
        <NavLink href="/activity" label="Activity" icon="activity" path={path} waiting={unread}>
          {unread} new
        </NavLink>
        <NavLink href="/uploads" label="Uploads" icon="uploads" path={path} />
        <NavLink href={profile} label="Profile" icon="person" path={path} waiting={requests}>
          {plural(requests, "follow request")}
        </NavLink>
      </ul>
    </nav>
  );
}

interface NavLinkProps {
  href: string;
  label: string;
  icon: IconName;
  path: string;
  /** How much waits there for one; `children` say it in words. */
  waiting?: number;
  children?: ComponentChildren;
}

function NavLink({ href, label, icon, path, waiting = 0, children }: NavLinkProps) {
  return (
    <li>
      <a class="nav-item" href={href} {...(path === href && { "aria-current": "page" as const })}>
        <span class="nav-icon">
          <Icon name={icon} />
          {waiting > 0 && (
            <span class="nav-badge" aria-hidden="true">
              {count(waiting)}
            </span>
          )}
        </span>
        <span class="nav-label">{label}</span>
        {waiting > 0 && <span class="visually-hidden">{children}</span>}
      </a>
    </li>
  );
}

function OfflineBanner() {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    window.addEventListener("online", update);
    window.addEventListener("offline", update);
    return () => {
      window.removeEventListener("online", update);
      window.removeEventListener("offline", update);
    };
  }, []);
  return (
    <div role="status">
      {!isOnline && (
        <p class="offline">
          You are offline. What is on the screen stays; the rest waits for a connection.
        </p>
      )}
    </div>
  );
}

/** Files dropped or pasted anywhere open the post dialog; while it is open, it takes them. */
function useFilesFromOutside(): void {
  useEffect(() => {
    const takesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const onDragOver = (event: DragEvent) => {
      if (takesFiles(event)) event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      if (!takesFiles(event)) return;
      event.preventDefault(); // the browser would open the file in place of the app
      if (compose.value === null) openCompose([...(event.dataTransfer?.files ?? [])]);
    };
    const onPaste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length > 0 && compose.value === null) openCompose(files);
    };
    document.addEventListener("dragover", onDragOver);
    document.addEventListener("drop", onDrop);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("dragover", onDragOver);
      document.removeEventListener("drop", onDrop);
      document.removeEventListener("paste", onPaste);
    };
  }, []);
}

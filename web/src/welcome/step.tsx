import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { call, type Me } from "../api.ts";
import { Retry } from "../components/endless.tsx";
import { Logo } from "../components/icons.tsx";
import { Page } from "../components/page.tsx";
import { Failure } from "../errors.ts";
import { t } from "../language.ts";
import { me, setMe } from "../me.ts";
import { loadMe, rememberMe } from "../own-profile.ts";
import { useResource } from "../resource.ts";
import { navigate } from "../router.ts";
import { useStore } from "../store.ts";
import { takeWanted } from "../wanted.ts";

/** Each is an address of its own: a reload stays there, and Back goes back. */
const STEPS = ["/welcome", "/welcome/picture", "/welcome/people"];

interface Props {
  /** From 1. */
  number: number;
  title: string;
  /** What the step is for. */
  lead: string;
  /** Drawn once it is known who one is. */
  children: (own: Me) => ComponentChildren;
}

/** One step of the welcome: all of them can be skipped, one by one or together. */
export function Step({ number, title, lead, children }: Props) {
  const known = useStore(me);
  const loaded = useResource("me", loadMe);
  const own = known ?? loaded.value;
  const [isLeaving, setLeaving] = useState(false);
  const leave = () => {
    setLeaving(true);
    void leaveWelcome();
  };
  return (
    <div class="welcome">
      <header class="welcome-head">
        <Logo size={32} />
        <p>{t("Step {number} of {total}", { number, total: STEPS.length })}</p>
        <button type="button" class="link-button" disabled={isLeaving} onClick={leave}>
          {t("Skip all")}
        </button>
      </header>
      <progress class="progress" value={number} max={STEPS.length} aria-hidden="true" />
      <Page title={title} class="page-narrow">
        <p class="page-sub">{lead}</p>
        {own === null && loaded.error && <Retry message={loaded.error} onRetry={loaded.retry} />}
        {own && children(own)}
      </Page>
    </div>
  );
}

/** The way on: to the next step, or after the last one to where one wanted to go. */
export function goOnFrom(number: number): void {
  const next = STEPS[number];
  if (next === undefined) void leaveWelcome();
  else navigate(next);
}

/** The welcome does not come again, on whichever device. */
async function leaveWelcome(): Promise<void> {
  try {
    rememberMe(await call("patch", "/me", { body: { welcomed: true } }));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Here it is over; only another visit may ask again.
    if (me.value !== null) setMe({ ...me.value, welcomed: true });
  }
  navigate(takeWanted(), { replace: true });
}

interface ActionsProps {
  number: number;
  /** Something was done here: the way on is no skipping. */
  isDone: boolean;
}

/** The buttons of a step that has nothing to send. */
export function StepActions({ number, isDone }: ActionsProps) {
  const isLast = number === STEPS.length;
  const onward = isLast ? t("Done") : t("Continue");
  return (
    <p class="welcome-actions">
      <button
        type="button"
        class={isDone || isLast ? "button button-primary button-wide" : "button button-wide"}
        onClick={() => goOnFrom(number)}
      >
        {isDone || isLast ? onward : t("Skip")}
      </button>
    </p>
  );
}

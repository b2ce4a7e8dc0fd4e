import { signOut } from "../auth.ts";
import { Logo } from "../components/icons.tsx";
import { Page } from "../components/page.tsx";
import type { Standing } from "../standing.ts";
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
  return (
    <Page title="Your account is closed" class="page-narrow">
      <p class="page-sub">Nobody sees anything of yours.</p>
      <Remaining />
    </Page>
  );
}

function Suspended() {
  return (
    <Page title="Your account is suspended" class="page-narrow">
      <p class="page-sub">
        Nobody sees anything of yours, and you cannot use Shutterfeed. You can appeal against the
        decision, and download your data.
      </p>
      <h2 class="standing-heading">Why, and until when</h2>
      <Statements />
      <Remaining />
    </Page>
  );
}

/** What everybody may do, whatever has become of their account. */
function Remaining() {
  return (
    <>
      <h2 class="standing-heading">Download your data</h2>
      <ExportPanel />
      <p class="prose">
        <button type="button" class="button" onClick={() => void signOut()}>
          Sign out
        </button>
      </p>
    </>
  );
}

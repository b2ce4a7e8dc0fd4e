/** What was reported, decided, undone and appealed in a case, the newest first. */
import type { ActionBody, AppealBody, CaseBody, CaseReport } from "../api.ts";
import { me } from "../me.ts";
import { REASONS } from "../safety/words.ts";
import { ago, fullDate, plural } from "../text.ts";
import { ACTS, STATES } from "./words.ts";

interface Props {
  found: CaseBody;
  onUndo: (action: ActionBody) => void;
}

export function History({ found, onUndo }: Props) {
  return (
    <section class="panel" aria-labelledby="history">
      <div class="panel-head">
        <h2 id="history">History</h2>
        <span class="badge">{STATES[found.state]}</span>
      </div>
      {found.appeal && <Appeal appeal={found.appeal} />}
      <ul class="history">
        {[...found.actions].reverse().map((action) => (
          <Done key={action.id} action={action} onUndo={() => onUndo(action)} />
        ))}
      </ul>
      <h3>{plural(found.reports, "report")}</h3>
      <ul class="history">
        {found.reported_by.map((report) => (
          <Reported key={`${report.at} ${report.reporter?.id ?? report.detector}`} {...report} />
        ))}
      </ul>
    </section>
  );
}

const OUTCOMES: Readonly<Record<AppealBody["outcome"], string>> = {
  pending: "It waits for another moderator.",
  upheld: "The decision stands.",
  overturned: "The decision was taken back.",
};

function Appeal({ appeal }: { appeal: AppealBody }) {
  return (
    <div class="appeal">
      <p>
        <b>Appeal</b> · <When at={appeal.at} />. {OUTCOMES[appeal.outcome]}
      </p>
      <p class="words" dir="auto">
        {appeal.text}
      </p>
      {appeal.statement && (
        <p class="words row-note" dir="auto">
          {appeal.statement}
        </p>
      )}
    </div>
  );
}

function Done({ action, onUndo }: { action: ActionBody; onUndo: () => void }) {
  const { kind, rule, statement, at, moderator_id, until, undone_at, undone_by } = action;
  return (
    <li>
      <p>
        <b>{ACTS[kind].done}</b> by {nameOf(moderator_id)} · <When at={at} />
        {until && `, until ${fullDate(until)}`}
      </p>
      <p class="row-note">Rule: {REASONS[rule]}</p>
      {statement && (
        <p class="words" dir="auto">
          {statement}
        </p>
      )}
      {undone_at ? (
        <p class="row-note">
          Undone by {nameOf(undone_by)} · <When at={undone_at} />
        </p>
      ) : (
        <button
          type="button"
          class="button button-small"
          aria-label={`Undo: ${ACTS[kind].done}`}
          onClick={onUndo}
        >
          Undo
        </button>
      )}
    </li>
  );
}

function Reported({ reporter, detector, reason, note, at }: CaseReport) {
  const who = detector === null ? `@${reporter?.handle ?? "a deleted account"}` : detector;
  return (
    <li>
      <p>
        <b>{REASONS[reason]}</b> · <bdi>{who}</bdi> · <When at={at} />
      </p>
      {note && (
        <p class="words" dir="auto">
          {note}
        </p>
      )}
    </li>
  );
}

/** Who was first, and what they did: for a moderator whose own decision was not taken. */
export function LastChange({ found }: { found: CaseBody }) {
  const last = found.actions.at(-1);
  return (
    <div class="notice-line" role="alert">
      <p>
        <b>Another moderator was first: yours is not done.</b> The case is now{" "}
        {STATES[found.state].toLowerCase()}.
      </p>
      {last && (
        <p>
          {last.undone_at ? "Undone" : ACTS[last.kind].done} by{" "}
          {nameOf(last.undone_by ?? last.moderator_id)} on {fullDate(last.undone_at ?? last.at)},
          rule: {REASONS[last.rule]}.
        </p>
      )}
      <p>What you have written is still here. Decide again, or close.</p>
    </div>
  );
}

function nameOf(moderator_id: string | null): string {
  if (moderator_id === "") return "the service itself";
  return moderator_id === me.value?.id ? "you" : "another moderator";
}

function When({ at }: { at: string }) {
  return (
    <time dateTime={at} title={fullDate(at)}>
      {ago(at)}
    </time>
  );
}

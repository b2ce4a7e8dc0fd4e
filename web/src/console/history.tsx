/** What was reported, decided, undone and appealed in a case, the newest first. */

import type { ComponentChildren } from "preact";
import type { ActionBody, AppealBody, CaseBody, CaseReport } from "../api.ts";
import { counted, parts, t } from "../language.ts";
import { me } from "../me.ts";
import { REASONS } from "../safety/words.ts";
import { ago, fullDate } from "../text.ts";
import { ACTS, STATES } from "./words.ts";

interface Props {
  found: CaseBody;
  onUndo: (action: ActionBody) => void;
}

export function History({ found, onUndo }: Props) {
  return (
    <section class="panel" aria-labelledby="history">
      <div class="panel-head">
        <h2 id="history">{t("History")}</h2>
        <span class="badge">{STATES[found.state]}</span>
      </div>
      {found.appeal && <Appeal appeal={found.appeal} />}
      <ul class="history">
        {[...found.actions].reverse().map((action) => (
          <Done key={action.id} action={action} onUndo={() => onUndo(action)} />
        ))}
      </ul>
      <h3>{counted(found.reports, "{count} report", "{count} reports")}</h3>
      <ul class="history">
        {found.reported_by.map((report) => (
          <Reported key={`${report.at} ${report.reporter?.id ?? report.detector}`} {...report} />
        ))}
      </ul>
    </section>
  );
}

const OUTCOMES: Readonly<Record<AppealBody["outcome"], string>> = {
  pending: t("It waits for another moderator."),
  upheld: t("The decision stands."),
  overturned: t("The decision was taken back."),
};

function Appeal({ appeal }: { appeal: AppealBody }) {
  return (
    <div class="appeal">
      <p>
        <b>{t("Appeal")}</b> · <When at={appeal.at} />. {OUTCOMES[appeal.outcome]}
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
        {byWhom(moderator_id, <b>{ACTS[kind].done}</b>)} · <When at={at} />
        {until && <> · {t("Until {day}", { day: fullDate(until) })}</>}
      </p>
      <p class="row-note">{t("Rule: {rule}", { rule: REASONS[rule] })}</p>
      {statement && (
        <p class="words" dir="auto">
          {statement}
        </p>
      )}
      {undone_at ? (
        <p class="row-note">
          {byWhom(undone_by, t("Undone"))} · <When at={undone_at} />
        </p>
      ) : (
        <button
          type="button"
          class="button button-small"
          aria-label={t("Undo: {done}", { done: ACTS[kind].done })}
          onClick={onUndo}
        >
          {t("Undo")}
        </button>
      )}
    </li>
  );
}

function Reported({ reporter, detector, reason, note, at }: CaseReport) {
  const who =
    detector === null
      ? reporter
        ? t("@{handle}", { handle: reporter.handle })
        : t("A deleted account")
      : detector;
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
        <b>{t("Another moderator was first: yours is not done.")}</b>{" "}
        {t("State of the case: {state}.", { state: STATES[found.state] })}
      </p>
      {last && (
        <p>
          {byWhom(
            last.undone_by ?? last.moderator_id,
            last.undone_at ? t("Undone") : ACTS[last.kind].done,
          )}{" "}
          · {fullDate(last.undone_at ?? last.at)} ·{" "}
          {t("Rule: {rule}", { rule: REASONS[last.rule] })}
        </p>
      )}
      <p>{t("What you have written is still here. Decide again, or close.")}</p>
    </div>
  );
}

/** What was done, and by whom: by id, with no id for the service itself. */
function byWhom(moderator_id: string | null, done: ComponentChildren): ComponentChildren[] {
  if (moderator_id === "") return parts("{done} by the service itself", { done });
  return moderator_id === me.value?.id
    ? parts("{done} by you", { done })
    : parts("{done} by another moderator", { done });
}

function When({ at }: { at: string }) {
  return (
    <time dateTime={at} title={fullDate(at)}>
      {ago(at)}
    </time>
  );
}

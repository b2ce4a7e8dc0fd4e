import { call, type LogEntry } from "../api.ts";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { t } from "../language.ts";
import { List } from "../lists.ts";
import { me } from "../me.ts";
import { REASONS } from "../safety/words.ts";
import { fullDate } from "../text.ts";
import { ofThisVisit } from "../visits.ts";
import { Frame } from "./frame.tsx";
import { ACTS } from "./words.ts";

/** What moderators have done, the last first: nothing of it can be changed or taken out unseen. */
export function LogView() {
  const list = ofThisVisit("log", entries);
  return (
    <Frame title={t("Log")}>
      <Endless
        list={list}
        render={(items) => (
          <ul class="rows">
            {items.map((entry) => (
              <Row key={entry.number} entry={entry} />
            ))}
          </ul>
        )}
        skeleton={
          <p class="page-sub" role="status">
            {t("Loading…")}
          </p>
        }
        empty={<Empty title={t("Nothing was done yet")} />}
      />
    </Frame>
  );
}

function entries(): List<LogEntry> {
  return new List(
    (cursor) => call("get", "/moderation/log", { query: cursor === undefined ? {} : { cursor } }),
    ({ number }) => String(number),
  );
}

const EVENTS: Readonly<Record<LogEntry["kind"], string>> = {
  acted: t("Decided"),
  undone: t("Undone"),
  appeal_upheld: t("Appeal: the decision stands"),
  appeal_overturned: t("Appeal: taken back"),
  suspension_over: t("The time of a suspension was over"),
};

function Row({ entry }: { entry: LogEntry }) {
  const { number, kind, action, rule, moderator_id, at, case_id, statement, hash } = entry;
  return (
    <li class="row">
      <div class="row-text">
        <p class="row-title row-title-whole">
          {number}. {EVENTS[kind]}
          {action && `: ${ACTS[action].done}`}
        </p>
        <p class="row-note">
          {whoIs(moderator_id)} · <time dateTime={at}>{fullDate(at)}</time>
          {rule && <> · {t("Rule: {rule}", { rule: REASONS[rule] })}</>}
        </p>
        {statement && (
          <p class="words" dir="auto">
            {statement}
          </p>
        )}
        <p class="row-note log-hash">{hash}</p>
      </div>
      <div class="row-actions">
        <a class="button button-small" href={`/moderation/cases/${case_id}`}>
          {t("Case")}
        </a>
      </div>
    </li>
  );
}

/** The service itself has no id. */
function whoIs(moderator_id: string): string {
  if (moderator_id === "") return t("The service itself");
  return moderator_id === me.value?.id ? t("You") : t("Moderator {moderator_id}", { moderator_id });
}

/** The cases that wait, the oldest first. */

import { useEffect, useRef } from "preact/hooks";
import { type CaseState, type CaseSummary, call, type ReportReason } from "../api.ts";
import { Choice } from "../components/choice.tsx";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { counted, t } from "../language.ts";
import { List } from "../lists.ts";
import { location, navigate } from "../router.ts";
import { REASONS } from "../safety/words.ts";
import { useStore } from "../store.ts";
import { ago, count, fullDate } from "../text.ts";
import { ofThisVisit } from "../visits.ts";
import { known, noteQueue } from "./cases.ts";
import { Frame } from "./frame.tsx";
import { stepTo } from "./shortcuts.tsx";
import { STATES, subjectOf } from "./words.ts";

const WAITING = [["", t("All reasons")], ...Object.entries(REASONS)] as [
  ReportReason | "",
  string,
][];

export function ReportQueueView() {
  const { query } = useStore(location);
  const asked = query.get("reason") ?? "";
  const reason = asked in REASONS ? (asked as ReportReason) : "";
  return (
    <Queue
      title={t("Reports")}
      state="open"
      reason={reason}
      none={t("No report waits")}
      filter={
        <div class="queue-filter">
          <Choice
            label={t("Reason")}
            value={reason}
            options={WAITING}
            onChange={(wanted) => {
              const to = wanted === "" ? "/moderation" : `/moderation?reason=${wanted}`;
              navigate(to, { replace: true });
            }}
          />
        </div>
      }
    />
  );
}

export function AppealQueueView() {
  return <Queue title={t("Appeals")} state="appealed" reason="" none={t("No appeal waits")} />;
}

interface Props {
  title: string;
  state: CaseState;
  reason: ReportReason | "";
  none: string;
  filter?: preact.JSX.Element;
}

function Queue({ title, state, reason, none, filter }: Props) {
  const list = ofThisVisit(`cases ${state} ${reason}`, () => casesOf(state, reason));
  const { items } = useStore(list.state);
  const heard = useStore(known);
  const root = useRef<HTMLDivElement>(null);
  // Going back to the queue finds it as it was: what one has decided since is out of it.
  const isShown = ({ id }: CaseSummary) => (heard[id]?.state ?? state) === state;

  useEffect(() => noteQueue(items), [items]);

  const step = (by: 1 | -1) =>
    stepTo([...root.current!.querySelectorAll<HTMLElement>(".case-link")], by);
  return (
    <Frame
      title={title}
      keys={[
        { key: "j", name: t("Next case (Enter opens it)"), run: () => step(1) },
        { key: "k", name: t("Case before"), run: () => step(-1) },
      ]}
    >
      {filter}
      <div ref={root}>
        <Endless
          list={list}
          isShown={isShown}
          render={(cases) => (
            <ul class="rows">
              {cases.map((one) => (
                <Row key={one.id} item={one} />
              ))}
            </ul>
          )}
          skeleton={
            <p class="page-sub" role="status">
              {t("Loading…")}
            </p>
          }
          empty={<Empty title={none} />}
        />
      </div>
    </Frame>
  );
}

function casesOf(state: CaseState, reason: ReportReason | ""): List<CaseSummary> {
  return new List(
    (cursor) => {
      const query = { state, ...(reason && { reason }), ...(cursor !== undefined && { cursor }) };
      return call("get", "/moderation/cases", { query });
    },
    ({ id }) => id,
  );
}

function Row({ item }: { item: CaseSummary }) {
  const reasons = Object.entries(item.reasons) as [ReportReason, number][];
  return (
    <li>
      <a class="row case-link" href={`/moderation/cases/${item.id}`}>
        <span class="row-text">
          <span class="row-title row-title-whole">
            {subjectOf(item)}: {REASONS[item.reason]}
          </span>
          <span class="row-note">
            {item.state !== "open" && `${STATES[item.state]} · `}
            {counted(item.reports, "{count} report", "{count} reports")}
            {reasons.length > 1 &&
              ` · ${reasons.map(([reason, times]) => `${REASONS[reason]}: ${count(times)}`).join(" · ")}`}
          </span>
        </span>
        <time class="case-age" dateTime={item.opened_at} title={fullDate(item.opened_at)}>
          {ago(item.opened_at)}
        </time>
      </a>
    </li>
  );
}

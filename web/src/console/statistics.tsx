import { type ActionKind, call, type ModerationStatistics, type ReportReason } from "../api.ts";
import { Retry } from "../components/endless.tsx";
import { t } from "../language.ts";
import { useResource } from "../resource.ts";
import { REASONS } from "../safety/words.ts";
import { ago, count, inUnits } from "../text.ts";
import { Frame } from "./frame.tsx";
import { ACTS } from "./words.ts";

/** What waits, and what was decided within the last 30 days. */
export function StatisticsView() {
  const loaded = useResource("statistics", () => call("get", "/moderation/statistics"));
  return (
    <Frame title={t("Statistics")}>
      {loaded.error && <Retry message={loaded.error} onRetry={loaded.retry} />}
      {loaded.value && <Tables found={loaded.value} />}
    </Frame>
  );
}

function Tables({ found }: { found: ModerationStatistics }) {
  const waiting = Object.entries(REASONS) as [ReportReason, string][];
  const acts = Object.keys(ACTS) as ActionKind[];
  return (
    <div class="case">
      <Table
        title={t("Waiting")}
        rows={[
          ...waiting.map(([reason, name]) => [name, number(found.open[reason])] as const),
          [t("Appeals"), number(found.appealed)],
          [t("Oldest report"), found.oldest_open ? ago(found.oldest_open) : t("None")],
        ]}
      />
      <Table
        title={t("Decided in the last 30 days")}
        rows={[
          ...acts.map((kind) => [ACTS[kind].done, number(found.decisions[kind])] as const),
          [t("Undone"), number(found.undone)],
          [t("Appeals: the decision stands"), number(found.appeals_upheld)],
          [t("Appeals: taken back"), number(found.appeals_overturned)],
          [t("Half are decided within"), within(found.minutes_to_decision)],
        ]}
      />
    </div>
  );
}

/** Of a queue, the API counts no more than this. */
const MOST = 1_000;

function number(counted = 0): string {
  return counted >= MOST ? `${count(MOST)}+` : count(counted);
}

function within(minutes: number | null): string {
  if (minutes === null) return t("Nothing was decided");
  if (minutes < 120) return inUnits(Math.round(minutes), "minute");
  if (minutes < 48 * 60) return inUnits(Math.round(minutes / 60), "hour");
  return inUnits(Math.round(minutes / 1440), "day");
}

interface TableProps {
  title: string;
  rows: readonly (readonly [string, string])[];
}

function Table({ title, rows }: TableProps) {
  return (
    <table class="panel figures">
      <caption>{title}</caption>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

import { call, type ReportBody } from "../api.ts";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { Page } from "../components/page.tsx";
import { t } from "../language.ts";
import { List } from "../lists.ts";
import { day } from "../text.ts";
import { ofThisVisit } from "../visits.ts";
import { KINDS, OUTCOMES, REASONS } from "./words.ts";

/** What one has reported, and what came of it. */
export function ReportsView() {
  const list = ofThisVisit("reports", reports);
  return (
    <Page title={t("Your reports")} class="page-narrow">
      <p class="page-sub">
        {t(
          "Nobody but moderators learns what you have reported. What is decided can still change, for example by an appeal.",
        )}
      </p>
      <Endless
        list={list}
        render={(items) => (
          <ul class="rows">
            {items.map((item) => (
              <Row key={item.id} report={item} />
            ))}
          </ul>
        )}
        skeleton={
          <p class="page-sub" role="status">
            {t("Loading…")}
          </p>
        }
        empty={
          <Empty title={t("You have reported nothing")} drawing="flag" next="settings">
            <p>{t("Posts, comments and profiles have “Report” in their options.")}</p>
          </Empty>
        }
      />
    </Page>
  );
}

function reports(): List<ReportBody> {
  return new List(
    (cursor) => call("get", "/me/reports", { query: cursor === undefined ? {} : { cursor } }),
    (report) => report.id,
  );
}

function Row({ report }: { report: ReportBody }) {
  const { kind, reason, note, outcome } = report;
  return (
    <li class="row">
      <span class="row-thumb">
        <MoreIcon name="flag" />
      </span>
      <div class="row-text">
        <p class="row-title row-title-whole">
          {KINDS[kind]}: {REASONS[reason]}
        </p>
        <p class="row-note">
          <span class={outcome === "acted" ? "badge badge-ready" : "badge"}>
            {OUTCOMES[outcome]}
          </span>{" "}
          {report.decided_at
            ? t("Reported on {day}, decided on {decided}", {
                day: day(report.at),
                decided: day(report.decided_at),
              })
            : t("Reported on {day}", { day: day(report.at) })}
        </p>
        {note && (
          <p class="row-note" dir="auto">
            “{note}”
          </p>
        )}
      </div>
      {kind === "post" && outcome !== "acted" && (
        <div class="row-actions">
          <a class="button button-small" href={`/p/${report.subject_id}`}>
            {t("See the post")}
          </a>
        </div>
      )}
    </li>
  );
}

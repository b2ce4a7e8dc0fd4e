/** The pages of moderators: fetched by nobody else. */
export { CaseView } from "./case.tsx";
export { LogView } from "./log.tsx";
export { AppealQueueView, ReportQueueView } from "./queue.tsx";
export { StatisticsView } from "./statistics.tsx";

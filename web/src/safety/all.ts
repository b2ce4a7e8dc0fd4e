/** Reports, decisions about oneself, and leaving: most people never need it. */
export { CloseAccountView } from "./closing.tsx";
export { ExportView } from "./export.tsx";
export { ReportDialog } from "./report-dialog.tsx";
export { ReportsView } from "./reports.tsx";
export { StandingView } from "./standing.tsx";
export { StatementsView } from "./statements.tsx";

/** Posts that wait for their time: most people have none. */
export { ScheduledView } from "./scheduled.tsx";

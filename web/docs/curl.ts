/** The command line that sends an operation's example. */
import { type Entry, needsToken, type Parameter, requestJson } from "./document.ts";

export function curl({ method, path, operation }: Entry): string {
  const given = (where: Parameter["in"]) =>
    operation.parameters.filter((p) => p.in === where && p.example !== undefined);
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const found = given("path").find((parameter) => parameter.name === name);
    if (found === undefined) throw new Error(`${operation.operationId} has no example of ${name}.`);
    return encodeURIComponent(found.example!);
  });
  const query = new URLSearchParams(given("query").map((p) => [p.name, String(p.example)]));
  const url = `"$API${address}${query.size > 0 ? `?${query}` : ""}"`;
  const body = requestJson(operation);
  const options = [
    ...(needsToken(operation) ? [`-H "Authorization: Bearer $TOKEN"`] : []),
    ...given("header").map(({ name, example }) => `-H "${name}: ${example}"`),
    ...(body === undefined
      ? []
      : [`-H "Content-Type: application/json"`, `-d '${body.replaceAll("'", `'\\''`)}'`]),
  ];
  const command = method === "GET" ? "curl" : `curl -X ${method}`;
  return [`${command} ${url}`, ...options].join(" \\\n  ");
}

/** The documentation page: the guides of page.html, with all of the OpenAPI document put in. */
import { curl } from "./curl.ts";
import { type Entry, entries, type OpenApi, success } from "./document.ts";
import { type Html, html, prose } from "./html.ts";
import { operationSection } from "./operation.ts";
import { schemaSection } from "./schema.ts";

/** Raises `Error` for a slot that nobody fills, and for an operation without an example. */
export function page(template: string, document: OpenApi): string {
  const all = entries(document);
  return template.replace(/<!-- (\w+)(?: (\w+))? -->/g, (slot, kind: string, id?: string) => {
    const filled = SLOTS[kind]?.(document, all, id);
    if (filled === undefined) throw new Error(`Nothing fills ${slot}.`);
    return filled.markup;
  });
}

type Fill = (document: OpenApi, all: readonly Entry[], id?: string) => Html;

const SLOTS: Readonly<Record<string, Fill>> = {
  version: ({ info }) => html`${info.version}`,
  contents: (_, all) =>
    html`${byTag(all).map(
      ([tag, group]) => html`<li><a href="#tag-${tag}">${tag}</a>
<ul>${group.map(link)}</ul></li>
`,
    )}`,
  operations: (_, all) =>
    html`${byTag(all).map(
      ([tag, group]) => html`<section id="tag-${tag}">
<h2>${tag}</h2>
${group.map(operationSection)}
</section>
`,
    )}`,
  schemas: ({ components }) =>
    html`${Object.entries(components.schemas).map(([name, schema]) => schemaSection(name, schema))}`,
  errors: (document) =>
    html`${document["x-error-codes"].map(
      ({
        code,
        status,
        meaning,
      }) => html`<tr><td>${status}</td><td><code>${code}</code></td><td>${prose(meaning)}</td></tr>
`,
    )}`,
  failures: (document) =>
    html`${document["x-upload-failures"].map(
      ({ code, meaning }) => html`<tr><td><code>${code}</code></td><td>${prose(meaning)}</td></tr>
`,
    )}`,
  request: (_, all, id) => html`<pre><code>${curl(named(all, id))}</code></pre>`,
  answer: (_, all, id) => html`<pre><code>${success(named(all, id).operation).json!}</code></pre>`,
};

function named(all: readonly Entry[], id: string | undefined): Entry {
  const found = all.find(({ operation }) => operation.operationId === id);
  if (found === undefined) throw new Error(`There is no operation ${id}.`);
  return found;
}

function byTag(all: readonly Entry[]): [string, readonly Entry[]][] {
  const tags = new Set(all.map(({ operation }) => operation.tags[0]!));
  return [...tags].map((tag) => [tag, all.filter(({ operation }) => operation.tags[0] === tag)]);
}

function link({ method, path, operation }: Entry): Html {
  return html`<li><a href="#${operation.operationId}">${method} ${path}</a></li>
`;
}

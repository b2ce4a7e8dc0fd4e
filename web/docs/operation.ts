/** The section of one operation: what it does, takes and answers, examples, and a form to try it. */
import { curl } from "./curl.ts";
import { type Entry, needsToken, type Parameter, requestJson, success } from "./document.ts";
import { type Html, html, prose } from "./html.ts";
import { term, typeOf } from "./schema.ts";

export function operationSection(entry: Entry): Html {
  const { method, path, operation } = entry;
  const { status, schema, json } = success(operation);
  const name = `${method} ${path}`;
  return html`<section id="${operation.operationId}" class="docs-operation">
<h3><span class="docs-method">${method}</span> ${path}</h3>
<p>${prose(operation.summary)}${!needsToken(operation) && " Needs no access token."}</p>
${operation.description?.split("\n\n").map((text) => html`<p>${prose(text)}</p>`)}
${operation.parameters.length > 0 && parameterList(operation.parameters)}
${operation.requestBody && html`<p>Body: ${typeOf(operation.requestBody.content["application/json"].schema)}</p>`}
<h4>Example</h4>
<pre><code>${curl(entry)}</code></pre>
<p>Answer: ${status}${schema ? html`, ${typeOf(schema)}` : " without a body"}</p>
${json && html`<pre><code>${json}</code></pre>`}
<p class="docs-errors">Errors: ${errorStatuses(entry).join(", ")} (<a href="#errors">their form</a>)</p>
${tryForm(entry, name)}
</section>
`;
}

function errorStatuses({ operation }: Entry): string[] {
  return Object.keys(operation.responses).filter((status) => !status.startsWith("2"));
}

function parameterList(parameters: readonly Parameter[]): Html {
  const terms = parameters.map((parameter) => {
    const note = `, in the ${parameter.in}${parameter.required ? ", required" : ""}`;
    return term(parameter.name, parameter.schema, note, parameter.description);
  });
  return html`<h4>Parameters</h4>
<dl>${terms}</dl>`;
}

/** Hidden until the page's script is there (try.ts), which alone can send it. */
function tryForm({ method, path, operation }: Entry, name: string): Html {
  const body = requestJson(operation);
  return html`<details class="docs-try" hidden>
<summary>Try ${name}</summary>
<form aria-label="${name}" data-method="${method}" data-path="${path}"${needsToken(operation) && html` data-needs-token`}>
${operation.parameters.map(field)}
${body && html`<label>Body <textarea name="body" rows="8" spellcheck="false">${body}</textarea></label>`}
${method !== "GET" && html`<p>This changes real data of your account.</p>`}
<button type="submit">Send</button>
<p class="docs-signed-out">Sign in first, <a href="/sign-in" target="_blank">in another tab</a>.</p>
<div role="status"></div>
</form>
</details>`;
}

function field(parameter: Parameter): Html {
  const { name, schema, required, example } = parameter;
  const key = `${parameter.in}.${name}`;
  if (schema.enum) {
    const options = schema.enum.map((value) => html`<option>${value}</option>`);
    return html`<label>${name} <select name="${key}"><option value=""></option>${options}</select></label>
`;
  }
  return html`<label>${name} <input name="${key}" autocomplete="off" placeholder="${example}"${required && html` required`}></label>
`;
}

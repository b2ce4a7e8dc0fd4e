/** Types and fields, in words. */
import type { Schema } from "./document.ts";
import { type Html, html, type Piece, prose } from "./html.ts";

const PREFIX = "#/components/schemas/";

const nameOf = (ref: string): string => ref.slice(PREFIX.length);

/** What a value may be: its type, and a link to where its fields are. */
export function typeOf(schema: Schema): Html {
  if (schema.$ref) {
    const name = nameOf(schema.$ref);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.anyOf) return joined(schema.anyOf.map(typeOf), " or ");
  if (schema.items) return html`list of ${typeOf(schema.items)}`;
  if (schema.enum)
    return joined(
      schema.enum.map((value) => html`<code>${value}</code>`),
      ", ",
    );
  if (typeof schema.additionalProperties === "object") {
    return html`map of texts to ${typeOf(schema.additionalProperties)}`;
  }
  return html`${schema.format ?? schema.type ?? "anything"}${limits(schema)}`;
}

/** " of 3 to 30 characters", for instance. */
function limits(schema: Schema): string {
  const range = (least: number | undefined, most: number | undefined, unit: string) => {
    if (least === undefined && most === undefined) return "";
    if (most === undefined) return `, at least ${least}${unit}`;
    return least === undefined ? `, up to ${most}${unit}` : `, ${least} to ${most}${unit}`;
  };
  const above = schema.exclusiveMinimum === undefined ? "" : `, above ${schema.exclusiveMinimum}`;
  return (
    range(schema.minLength, schema.maxLength, " characters") +
    above +
    range(schema.minimum, schema.maximum, "")
  );
}

function joined(parts: readonly Html[], between: string): Html {
  return html`${parts.map((part, i): Piece => (i === 0 ? part : [between, part]))}`;
}

/** A term with what is known of it; `note` stands beside the type. */
export function term(name: string, schema: Schema, note: string, description?: string): Html {
  const standard =
    schema.default === undefined || schema.default === null
      ? undefined
      : html`, by default <code>${JSON.stringify(schema.default)}</code>`;
  return html`<dt><code>${name}</code> <span class="docs-type">${typeOf(schema)}${standard}${note}</span></dt>
<dd>${description && prose(description)}</dd>
`;
}

/** A named schema with its fields, for the end of the page. */
export function schemaSection(name: string, schema: Schema): Html {
  const required = new Set(schema.required);
  const fields = Object.entries(schema.properties ?? {}).map(([field, type]) =>
    term(field, type, required.has(field) ? "" : ", may be left out", type.description),
  );
  return html`<section id="schema-${name}" class="docs-schema">
<h3>${name}</h3>
${schema.description && html`<p>${prose(schema.description)}</p>`}
${schema.enum && html`<p>One of ${typeOf(schema)}.</p>`}
${fields.length > 0 && html`<dl>${fields}</dl>`}
</section>
`;
}

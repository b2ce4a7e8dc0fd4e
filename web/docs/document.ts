/** The part of the OpenAPI document that the page shows. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly description: string;
  readonly required?: boolean;
  readonly schema: Schema;
  readonly example?: string | number;
}

interface Body {
  readonly schema: Schema;
  readonly example?: unknown;
}

interface Content {
  readonly "application/json": Body;
}

interface Response {
  readonly description: string;
  /** By media type; there is one. */
  readonly content?: Readonly<Record<string, Body>>;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly unknown[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
}

export interface OpenApi {
  readonly info: { readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  readonly "x-error-codes": readonly { code: string; status: number; meaning: string }[];
  readonly "x-upload-failures": readonly { code: string; meaning: string }[];
}

/** An operation with its address: what one section of the page is about. */
export interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export function entries(document: OpenApi): Entry[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

export const needsToken = ({ security }: Operation): boolean => security.length > 0;

/** The body that a request has, as JSON for people; undefined if it has none. */
export function requestJson({ operationId, requestBody }: Operation): string | undefined {
  return (
    requestBody && shown(operationId, "application/json", requestBody.content["application/json"])
  );
}

/** The status and the body of an answer that is no error; `json` is the example as people read it. */
export function success({ operationId, responses }: Operation): {
  readonly status: string;
  readonly schema?: Schema;
  readonly json?: string;
} {
  const [status, { content }] = Object.entries(responses).find(([code]) => code.startsWith("2"))!;
  if (content === undefined) return { status };
  const [type, body] = Object.entries(content)[0]!;
  return { status, schema: body.schema, json: shown(operationId, type, body) };
}

/** Raises `Error` if the document has no example. */
function shown(operationId: string, type: string, { example }: Body): string {
  if (example === undefined) throw new Error(`${operationId} has no example of a body.`);
  return type === "application/json" ? JSON.stringify(example, null, 2) : String(example);
}

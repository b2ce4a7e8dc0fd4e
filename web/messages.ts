// The sentences of the sources, and their translations in messages/. `node --run messages` says what is
// missing, takes out what is not used, and sorts; tests/messages.test.ts holds that nothing is left.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import type { Messages } from "./src/sentences.ts";

const ROOT = import.meta.dirname;
const SOURCES = path.join(ROOT, "src");
const MESSAGES = path.join(ROOT, "messages");

/** The functions that make sentences, and how many of their arguments after the number are texts. */
const SAYING: Readonly<Record<string, { texts: number; from: number }>> = {
  t: { from: 0, texts: 1 },
  parts: { from: 0, texts: 1 },
  counted: { from: 1, texts: 2 },
  countedParts: { from: 1, texts: 2 },
};

/** Attributes whose text people read or hear. */
const READ = new Set(
  "aria-label aria-description aria-roledescription aria-valuetext title alt placeholder label hint empty action keep more done note message text heading".split(
    " ",
  ),
);

/** What is the same in every language, or is read by no person. */
const SAME = new Set(["Shutterfeed", "GET", "POST"]);

export interface Sentence {
  readonly text: string;
  readonly isCounted: boolean;
}

export interface Found {
  /** By their key. */
  readonly sentences: ReadonlyMap<string, Sentence>;
  /** Calls whose text is no literal, and texts that are in no call, with their file and line. */
  readonly faults: readonly string[];
}

/** What the sources say. */
export function sentencesOfSources(): Found {
  const sentences = new Map<string, Sentence>();
  const faults: string[] = [];
  const names = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).sort();
  for (const name of names.filter((one) => /\.tsx?$/.test(one))) {
    const text = readFileSync(path.join(SOURCES, name), "utf8");
    read(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true), sentences, faults);
  }
  return { sentences, faults };
}

/** The faults of one source, for tests. */
export function faultsOf(text: string): readonly string[] {
  const faults: string[] = [];
  const file = ts.createSourceFile("source.tsx", text, ts.ScriptTarget.Latest, true);
  read(file, new Map(), faults);
  return faults;
}

function read(file: ts.SourceFile, sentences: Map<string, Sentence>, faults: string[]): void {
  const fault = (node: ts.Node, what: string) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    faults.push(`${file.fileName}:${line + 1}: ${what}: ${node.getText(file).slice(0, 80)}`);
  };

  const imported = new Set(
    file.statements
      .filter(ts.isImportDeclaration)
      .filter(({ moduleSpecifier }) =>
        /(language|sentences)\.ts"$/.test(moduleSpecifier.getText(file)),
      )
      .flatMap(({ importClause }) => importClause?.namedBindings ?? [])
      .flatMap((names) => (ts.isNamedImports(names) ? [...names.elements] : []))
      // The worker's are those of a `Speech`.
      .flatMap(({ name }) => (name.text === "Speech" ? Object.keys(SAYING) : name.text)),
  );

  function saying(call: ts.CallExpression): boolean {
    const said = SAYING[call.expression.getText(file)];
    if (said === undefined || !imported.has(call.expression.getText(file))) return false;
    const texts = call.arguments.slice(said.from, said.from + said.texts);
    const last = texts.at(-1);
    if (last === undefined || !texts.every(ts.isStringLiteralLike)) {
      fault(call, "the text is no literal");
    } else if (hasWords((last as ts.StringLiteral).text)) {
      const { text } = last as ts.StringLiteral;
      sentences.set(text, { text, isCounted: said.from === 1 });
    }
    call.arguments.forEach((argument) => {
      if (!texts.includes(argument)) visit(argument);
    });
    return true;
  }

  function visit(node: ts.Node): void {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return;
    if (ts.isCallExpression(node) && saying(node)) return;
    // What is told to programmers is read by none but them.
    if (ts.isNewExpression(node) && /^(Type|Range)?Error$/.test(node.expression.getText(file)))
      return;
    if (ts.isCallExpression(node) && /^console\./.test(node.expression.getText(file))) return;
    if (ts.isJsxText(node) && hasWords(node.text) && !SAME.has(node.text.trim())) {
      fault(node, "not translated");
    }
    if (isText(node) && isUntranslated(node)) fault(node, "not translated");
    ts.forEachChild(node, visit);
  }
  visit(file);
}

type Text = ts.StringLiteralLike | ts.TemplateExpression;

function isText(node: ts.Node): node is Text {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

/** Whether people read a text that no sentence is made of. */
function isUntranslated(node: Text): boolean {
  const text = ts.isTemplateExpression(node)
    ? node.head.text + node.templateSpans.map(({ literal }) => `{x}${literal.text}`).join("")
    : node.text;
  if (!hasWords(text) || SAME.has(text.trim())) return false;
  const { parent } = node;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  if (ts.isBinaryExpression(parent) && /^[!=]==$/.test(parent.operatorToken.getText()))
    return false;
  const holder = holderOf(node);
  if (ts.isJsxAttribute(holder)) return READ.has(holder.name.getText()) && isProse(text);
  if (ts.isJsxExpression(holder)) {
    const isChild = !ts.isJsxAttribute(holder.parent);
    if (isChild || READ.has(holder.parent.name.getText())) return isProse(text);
  }
  const isSentence = /^[A-Z@“]/.test(text) && /\s/.test(text.trim());
  return isSentence && !NO_SENTENCE.test(text);
}

/** Begins with a capital letter or has several words: it is no name of something in the code. */
function isProse(text: string): boolean {
  return /^\s*\p{Lu}/u.test(text) || /\s/.test(text.trim());
}

/** A header's value, what icons are drawn by, and the names of languages. */
const NO_SENTENCE = /^(Bearer \{|M[\d.]+ |Português)/;

/** What takes a text, through conditions and brackets. */
function holderOf(node: ts.Node): ts.Node {
  const { parent } = node;
  const isThrough =
    ts.isParenthesizedExpression(parent) ||
    (ts.isConditionalExpression(parent) && parent.condition !== node) ||
    (ts.isBinaryExpression(parent) && /^(\?\?|\|\||&&)$/.test(parent.operatorToken.getText()));
  return isThrough ? holderOf(parent) : parent;
}

function hasWords(text: string): boolean {
  return /\p{L}{2}/u.test(text.replace(/\{\w+\}/g, ""));
}

/** The API's codes that are told in the reader's language, as keys of messages. */
export function codesOfApi(): readonly string[] {
  const document = JSON.parse(
    readFileSync(path.join(ROOT, "../functions/api/openapi.json"), "utf8"),
  ) as Record<"x-error-codes" | "x-upload-failures", { code: string }[]>;
  const codes = document["x-error-codes"].map(({ code }) => code);
  return [
    ...codes.filter((code) => !OF_PROGRAMS.has(code)).map((code) => `error ${code}`),
    ...document["x-upload-failures"].map(({ code }) => `failure ${code}`),
    ...NOTES.map((code) => `note ${code}`),
  ];
}

const NOTES = ["sound_left_out", "animation_left_out", "pictures_left_out", "incomplete"];

/** Only a faulty program gets these errors: the API's sentence is for who mends it. */
export const OF_PROGRAMS = new Set(
  `malformed_json invalid_body invalid_cursor invalid_limit invalid_type invalid_ids invalid_near
   invalid_km invalid_order invalid_sha256 invalid_idempotency_key invalid_position unknown_medium
   invalid_until invalid_endpoint unknown_push_service wrong_subscription_id invalid_push_key
   invalid_state invalid_reason missing_url invalid_dimensions route_not_found unsupported_format
   idempotency_key_reused not_in_parts push_subscription_not_found until_without_suspension
   action_not_found impossible_action page_not_found incomplete_point id_or_file medium_twice
   no_zoom_size`.split(/\s+/),
);

export interface Compared {
  readonly missing: readonly string[];
  readonly unused: readonly string[];
  /** Messages whose places or forms are not those of their sentence. */
  readonly wrong: readonly string[];
}

/** How the messages of a language fit what is said. */
export function compared(
  language: string,
  messages: Messages,
  sentences: ReadonlyMap<string, Sentence>,
  codes: readonly string[],
): Compared {
  const needed = categoriesOf(language);
  const keys = [...sentences.keys(), ...codes];
  const known = new Set(keys);
  return {
    missing: keys.filter((key) => messages[key] === undefined),
    unused: Object.keys(messages).filter((key) => !known.has(key)),
    wrong: [...sentences.values()]
      .filter(({ text }) => messages[text] !== undefined && !fits(text))
      .map(({ text }) => text),
  };

  function fits(text: string): boolean {
    const message = messages[text]!;
    const { isCounted } = sentences.get(text)!;
    if (typeof message === "string") {
      const isEnough = !isCounted || needed.length === 1 || !text.includes("{count}");
      return isEnough && placesOf(message) === placesOf(text);
    }
    const given = Object.keys(message).filter((form) => form !== "many" || needed.includes(form));
    const hasAll = given.sort().join() === needed.join();
    return (
      isCounted &&
      hasAll &&
      Object.entries(message).every(([form, said]) => {
        const isFew = ["zero", "one", "two"].includes(form);
        const places = placesOf(said);
        return (
          places === placesOf(text) || (isFew && places === placesOf(text.replace("{count}", "")))
        );
      })
    );
  }
}

/** The categories into which a language puts the numbers that people count, sorted. */
function categoriesOf(language: string): readonly string[] {
  const rules = new Intl.PluralRules(language);
  return [...new Set(Array.from({ length: 201 }, (_, number) => rules.select(number)))].sort();
}

function placesOf(text: string): string {
  return (text.match(/\{\w+\}/g) ?? []).sort().join();
}

/** The messages by their language. */
export function messagesOfLanguages(): ReadonlyMap<string, Messages> {
  const names = readdirSync(MESSAGES).filter((name) => name.endsWith(".json"));
  return new Map(
    names.sort().map((name) => {
      const text = readFileSync(path.join(MESSAGES, name), "utf8");
      return [path.basename(name, ".json"), JSON.parse(text) as Messages];
    }),
  );
}

if (import.meta.main) {
  const { sentences, faults } = sentencesOfSources();
  const codes = codesOfApi();
  for (const fault of faults) console.log(fault);
  for (const [language, messages] of messagesOfLanguages()) {
    const { missing, unused, wrong } = compared(language, messages, sentences, codes);
    const kept = Object.entries(messages).filter(([key]) => !unused.includes(key));
    const sorted = Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(path.join(MESSAGES, `${language}.json`), `${JSON.stringify(sorted, null, 2)}\n`);
    console.log(`${language}: ${missing.length} missing, ${unused.length} taken out`);
    for (const text of missing) console.log(`  missing: ${text}`);
    for (const text of wrong) console.log(`  places or forms are wrong: ${text}`);
  }
}

import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { allowedValues, either } from './allowedValues';
import { mostRuns } from './bounds';
import { ConfigDocument, shortened, type Finding, type Problem } from './document';
import { configSchema, type Config } from './schema';
import { keysAt, pathInWords, schemaAt, sweepableSettings, type SettingPath } from './settings';
import { combinationCount, withSetting } from './sweep';

export type ParsedConfig =
  | { readonly config: Config; readonly document: ConfigDocument; readonly problems: readonly [] }
  | { readonly config: null; readonly problems: readonly Problem[] };

/**
 * Reads a config, JSON with comments and trailing commas, and tells which of its values are not allowed, in the order of the
 * text. Whether the values go together is for `readExperiment` to say. Whatever the text is, this takes a moment only.
 */
export function parseConfig(text: string): ParsedConfig {
  const document = ConfigDocument.parse(text);
  if (!(document instanceof ConfigDocument)) return { config: null, problems: [document] };
  const { success, data, error } = configSchema.safeParse(document.value);
  const findings = [
    ...document.wrongKeys(),
    ...sweepFindings(document),
    ...(error?.issues ?? []).flatMap((issue) => issueFindings(document, issue)),
  ];
  if (success && findings.length === 0) return { config: data, document, problems: [] };
  return { config: null, problems: document.problems(findings) };
}

function issueFindings(document: ConfigDocument, issue: z.core.$ZodIssue): Finding[] {
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  // The values of a sweep are judged as values of their settings.
  if (path[0] === 'sweep' && path.length > 2) return [];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => document.keyFinding([...path, key], () => unknownKey(path, key)));
  if (issue.code === 'invalid_key') return [document.keyFinding(path, () => wrongKey(path))];
  return [document.valueFinding(path, () => wrongValue(path, document.valueAt(path), issue))];
}

/** Each value of a sweep must be allowed where it is put. */
function sweepFindings(document: ConfigDocument): Finding[] {
  const sweep = document.valueAt(['sweep']);
  if (typeof sweep !== 'object' || sweep === null || Array.isArray(sweep)) return [];
  const lists = Object.entries(sweep).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  const sweepable = new Set(sweepablePaths());
  // So many values are not looked at one by one.
  const tooMany = combinationCount(Object.fromEntries(lists.filter(([, values]) => values.length > 0))) > mostRuns;
  return [
    ...(tooMany ? [document.keyFinding(['sweep'], () => tooManyRuns(lists))] : []),
    ...Object.keys(sweep)
      .filter((path) => !sweepable.has(path))
      .map((path) => document.keyFinding(['sweep', path], () => unknownSweep(path))),
    ...(tooMany ? [] : lists.filter(([path]) => sweepable.has(path))).flatMap(([path, values]) =>
      sweptValueFindings(document, path, values),
    ),
  ];
}

function sweepablePaths(): string[] {
  return sweepableSettings().map(({ path }) => path);
}

function sweptValueFindings(document: ConfigDocument, path: string, values: readonly unknown[]): Finding[] {
  const before = new Set<unknown>();
  return values.flatMap((value, index) => {
    const place = ['sweep', path, index];
    if (before.has(value))
      return [
        document.valueFinding(place, () => `${path} is swept over ${inWords(value)} twice; leave one of them out.`),
      ];
    before.add(value);
    const [issue] = configSchema.safeParse(withSetting({}, path, value)).error?.issues ?? [];
    return issue ? [document.valueFinding(place, () => wrongValue(path.split('.'), value, issue))] : [];
  });
}

function tooManyRuns(lists: readonly (readonly [string, readonly unknown[]])[]): string {
  const count = combinationCount(Object.fromEntries(lists.filter(([, values]) => values.length > 0)));
  return `The sweep makes ${count > 1e9 ? 'billions of' : count} runs; it must make at most ${mostRuns}.`;
}

function wrongValue(path: SettingPath, value: unknown, issue: z.core.$ZodIssue): string {
  const schema = schemaAt(path);
  const allowed = schema ? allowedValues(schema, value) : issue.message;
  const name = path.length === 0 ? 'The config' : pathInWords(path);
  return `${name} is ${value === undefined ? 'missing' : inWords(value)}; it must be ${allowed}.`;
}

function wrongKey(path: SettingPath): string {
  const key = String(path.at(-1));
  const keys = schemaAt(path.slice(0, -1))?.propertyNames;
  const allowed = typeof keys === 'object' ? allowedValues(keys) : 'another one';
  return `The key "${shortened(key)}" of ${pathInWords(path.slice(0, -1))} must be ${allowed}.`;
}

function unknownKey(path: SettingPath, key: string): string {
  return `Unknown setting "${pathInWords([...path, shortened(key)])}"; ${suggestion(key, keysAt(path))}`;
}

function unknownSweep(path: string): string {
  return `Unknown setting "${shortened(path)}" in the sweep; ${suggestion(path, sweepablePaths())}`;
}

function suggestion(key: string, known: readonly string[]): string {
  const nearest = closest(shortened(key), known);
  // A guess that has little in common with what was written would only confuse.
  return distance(shortened(key), nearest) <= Math.max(2, shortened(key).length / 3)
    ? `did you mean "${nearest}"?`
    : `it can be ${either(known)}.`;
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  // 1e999 is one in JSON.
  if (value === Infinity || value === -Infinity) return 'larger than any number';
  return shortened(JSON.stringify(value));
}

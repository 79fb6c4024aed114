import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { allowedValues, either } from './allowedValues';
import { ConfigDocument, orderedProblems, type Problem } from './document';
import { configSchema, type Config } from './schema';
import { keysAt, pathInWords, schemaAt, sweepableSettings, type SettingPath } from './settings';
import { withSetting } from './sweep';

export type ParsedConfig =
  | { readonly config: Config; readonly document: ConfigDocument; readonly problems: readonly [] }
  | { readonly config: null; readonly problems: readonly Problem[] };

/**
 * Reads a config, JSON with comments and trailing commas, and tells which of its values are not allowed, in the order of the
 * text. Whether the values go together is for `readExperiment` to say.
 */
export function parseConfig(text: string): ParsedConfig {
  const document = ConfigDocument.parse(text);
  if (!(document instanceof ConfigDocument)) return { config: null, problems: [document] };
  const { success, data, error } = configSchema.safeParse(document.value);
  const problems = [
    ...document.repeatedKeys(),
    ...sweepProblems(document),
    ...(error?.issues ?? []).flatMap((issue) => issueProblems(document, issue)),
  ];
  if (success && problems.length === 0) return { config: data, document, problems: [] };
  return { config: null, problems: orderedProblems(problems) };
}

function issueProblems(document: ConfigDocument, issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  // The values of a sweep are judged as values of their settings.
  if (path[0] === 'sweep' && path.length > 2) return [];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => document.problemWithKey([...path, key], unknownKey(path, key)));
  return [document.problemWithValue(path, wrongValue(path, document.valueAt(path), issue))];
}

/** Each value of a sweep must be allowed where it is put. */
function sweepProblems(document: ConfigDocument): Problem[] {
  const sweep = document.valueAt(['sweep']);
  if (typeof sweep !== 'object' || sweep === null || Array.isArray(sweep)) return [];
  return Object.entries(sweep).flatMap(([path, values]: [string, unknown]) => {
    if (!sweepableSettings.some((setting) => setting.path === path))
      return [document.problemWithKey(['sweep', path], unknownSweep(path))];
    return Array.isArray(values) ? sweptValueProblems(document, path, values) : [];
  });
}

function sweptValueProblems(document: ConfigDocument, path: string, values: readonly unknown[]): Problem[] {
  return values.flatMap((value, index) => {
    const place = ['sweep', path, index];
    if (values.indexOf(value) < index)
      return [
        document.problemWithValue(place, `${path} is swept over ${inWords(value)} twice; leave one of them out.`),
      ];
    const [issue] = configSchema.safeParse(withSetting({}, path, value)).error?.issues ?? [];
    return issue ? [document.problemWithValue(place, wrongValue(path.split('.'), value, issue))] : [];
  });
}

function wrongValue(path: SettingPath, value: unknown, issue: z.core.$ZodIssue): string {
  const schema = schemaAt(path);
  const allowed = schema ? allowedValues(schema, value) : issue.message;
  const name = path.length === 0 ? 'The config' : pathInWords(path);
  return `${name} is ${value === undefined ? 'missing' : inWords(value)}; it must be ${allowed}.`;
}

function unknownKey(path: SettingPath, key: string): string {
  return `Unknown setting "${pathInWords([...path, key])}"; ${suggestion(key, keysAt(path))}`;
}

function unknownSweep(path: string): string {
  const paths = sweepableSettings.map((setting) => setting.path);
  return `Unknown setting "${path}" in the sweep; ${suggestion(path, paths)}`;
}

function suggestion(key: string, known: readonly string[]): string {
  const nearest = closest(key, known);
  // A guess that has little in common with what was written would only confuse.
  return distance(key, nearest) <= Math.max(2, key.length / 3)
    ? `did you mean "${nearest}"?`
    : `it can be ${either(known)}.`;
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

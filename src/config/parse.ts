import type { z } from 'zod';
import { ConfigDocument, type Finding, type Problem } from './document';
import { configSchema, type Config } from './schema';
import { isJudgedInSweep, sweepFindings } from './sweepFindings';
import { idleExclusions } from './idleExclusions';
import { unknownKey, wrongKey, wrongValue } from './valueSentences';

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
  const issues = error?.issues ?? [];
  const findings = [
    ...document.wrongKeys(),
    ...sweepFindings(document),
    ...issues.filter(({ path }) => !isJudgedInSweep(pathOf(path))).flatMap((issue) => issueFindings(document, issue)),
  ];
  // Nothing that is refused may stay without a word.
  if (!success && findings.length === 0) findings.push(...issues.flatMap((issue) => issueFindings(document, issue)));
  // Which runs there are is known of a config only that is right so far.
  if (success && findings.length === 0) findings.push(...idleExclusions(document, data));
  if (success && findings.length === 0) return { config: data, document, problems: [] };
  return { config: null, problems: document.problems(findings) };
}

function pathOf(path: readonly PropertyKey[]): (string | number)[] {
  return path.filter((key) => typeof key !== 'symbol');
}

function issueFindings(document: ConfigDocument, issue: z.core.$ZodIssue): Finding[] {
  const path = pathOf(issue.path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => document.keyFinding([...path, key], () => unknownKey(path, key)));
  if (issue.code === 'invalid_key') return [document.keyFinding(path, () => wrongKey(path))];
  return [document.valueFinding(path, () => wrongValue(path, document.valueAt(path), issue))];
}

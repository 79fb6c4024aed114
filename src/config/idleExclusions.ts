import type { ConfigDocument, Finding } from './document';
import type { Config } from './schema';
import { excludedCounts } from './sweep';
import type { Combination } from './sweepSchema';
import { inWords } from './valueSentences';

/** Exclusions of a sweep that leave nothing out, or nothing over. */
export function idleExclusions(document: ConfigDocument, config: Config): Finding[] {
  const { exclude = [] } = config.sweep ?? {};
  if (exclude.length === 0) return [];
  const { grid, each, left } = excludedCounts(config);
  const findings = each.flatMap((count, index) => {
    const place = ['sweep', 'exclude', index];
    const values = exclude[index]!;
    if (count === 0) return [document.valueFinding(place, () => excludesNothing(values, grid))];
    return count === grid ? [document.valueFinding(place, () => excludesAll(values, grid))] : [];
  });
  if (findings.length > 0 || left > 0) return findings;
  const message = `Together these exclude all ${grid} combinations of the sweep; leave one of them out.`;
  return [document.valueFinding(['sweep', 'exclude'], message)];
}

function excludesNothing(values: Combination, grid: number): string {
  if (grid === 0) return 'This excludes nothing: the sweep has no combinations, and points stay; leave it out.';
  return `This excludes nothing: no combination of the sweep has ${valuesInWords(values)}; leave it out, or correct it.`;
}

function excludesAll(values: Combination, grid: number): string {
  const all = grid === 1 ? 'the only combination' : `all ${grid} combinations`;
  const why = Object.keys(values).length === 0 ? 'it names no values' : `each has ${valuesInWords(values)}`;
  return `This excludes ${all} of the sweep: ${why}; leave it out, or add a value.`;
}

function valuesInWords(values: Combination): string {
  return Object.entries(values)
    .map(([path, value]) => `${path} ${inWords(value)}`)
    .join(' and ');
}

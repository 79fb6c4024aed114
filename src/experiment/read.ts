import type { Problem } from '../config/document';
import { parseConfig } from '../config/parse';
import { inconsistencies } from './consistency';
import { hints, type Hint } from './hints';
import { resolve, type Experiment } from './resolve';

export type ReadExperiment =
  | { readonly experiment: Experiment; readonly problems: readonly []; readonly hints: readonly Hint[] }
  | { readonly experiment: null; readonly problems: readonly Problem[]; readonly hints: readonly [] };

/**
 * Reads a config with all its checks: values that are not allowed, and values that do not go together. Problems are in the
 * order of the text; a config without any gets hints. `fallbackName` names an experiment whose config gives no name.
 */
export function readExperiment(text: string, fallbackName: string): ReadExperiment {
  const parsed = parseConfig(text);
  if (parsed.config === null) return refused(parsed.problems);
  const { config, document } = parsed;
  const experiment = resolve(config, fallbackName);
  const problems = document.problems(inconsistencies(document, experiment));
  return problems.length === 0 ? { experiment, problems: [], hints: hints(document, experiment) } : refused(problems);
}

function refused(problems: readonly Problem[]): ReadExperiment {
  return { experiment: null, problems, hints: [] };
}

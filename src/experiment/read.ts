import { UserError } from '../base/errors';
import { hasOwnImages } from '../config/dataName';
import type { ConfigDocument, Finding, Problem } from '../config/document';
import { parseConfig } from '../config/parse';
import type { Config, RunConfig } from '../config/schema';
import type { SettingPath } from '../config/settings';
import { sweptConfigs } from '../config/sweep';
import type { DatasetInfo } from '../data/dataset';
import { lookAtOwn } from '../data/own/lookAtOwn';
import { inconsistencies } from './consistency';
import { hints, type Hint } from './hints';
import { knownDataset, resolve, type Experiment } from './resolve';

export type ReadExperiment =
  | { readonly experiment: Experiment; readonly problems: readonly []; readonly hints: readonly Hint[] }
  | { readonly experiment: null; readonly problems: readonly Problem[]; readonly hints: readonly [] };

/** What was found where a config says that its images are: them, or a sentence that says why they can't be used. */
export type FoundData = (data: RunConfig['data']) => DatasetInfo | string;

/**
 * Reads a config with all its checks: values that are not allowed, and values that do not go together. Problems are in the
 * order of the text; a config without any gets hints. `fallbackName` names an experiment whose config gives no name. Of images
 * that a config brings along only `readExperimentIn` knows.
 */
export function readExperiment(text: string, fallbackName: string, found: FoundData = notLookedAt): ReadExperiment {
  const parsed = parseConfig(text);
  if (parsed.config === null) return refused(parsed.problems);
  const { config, document } = parsed;
  const unusable = unusableData(document, config, fallbackName, found);
  if (unusable.length > 0) return refused(document.problems(unusable));
  const experiment = resolve(config, fallbackName, (data) => found(data) as DatasetInfo);
  const problems = document.problems(inconsistencies(document, experiment));
  return problems.length === 0 ? { experiment, problems: [], hints: hints(document, experiment) } : refused(problems);
}

/** As `readExperiment`, of a config in a folder: the images that it brings along, if any, are looked at. */
export async function readExperimentIn(folder: string, text: string, fallbackName: string): Promise<ReadExperiment> {
  const { config } = parseConfig(text);
  const found = new Map<string, DatasetInfo | string>();
  for (const { data } of config ? sweptConfigs(config, fallbackName) : []) {
    const key = JSON.stringify(data);
    if (hasOwnImages(data) && !found.has(key)) found.set(key, await foundIn(folder, data));
  }
  return readExperiment(text, fallbackName, (data) => found.get(JSON.stringify(data)) ?? notLookedAt(data));
}

async function foundIn(folder: string, data: RunConfig['data']): Promise<DatasetInfo | string> {
  try {
    return (await lookAtOwn(data, folder)) ?? notLookedAt(data);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function notLookedAt(data: RunConfig['data']): DatasetInfo | string {
  return !hasOwnImages(data) ? knownDataset(data) : 'Nobody has looked at the images yet.';
}

/** Images that can't be used, once for each place that names them. */
function unusableData(document: ConfigDocument, config: Config, fallbackName: string, found: FoundData): Finding[] {
  return sweptConfigs(config, fallbackName).flatMap(({ data }) => {
    const problem = found(data);
    if (typeof problem !== 'string') return [];
    const setting = data.arrays === null ? 'folder' : 'arrays';
    const swept = config.sweep?.[`data.${setting}`]?.indexOf(data[setting]);
    const place: SettingPath = swept === undefined ? ['data', setting] : ['sweep', `data.${setting}`, swept];
    return [document.valueFinding(place, problem)];
  });
}

function refused(problems: readonly Problem[]): ReadExperiment {
  return { experiment: null, problems, hints: [] };
}

import { UserError } from '../base/errors';
import { hasOwnImages } from '../config/dataName';
import type { ConfigDocument, Finding, Problem } from '../config/document';
import { networkFileOf } from '../config/networkName';
import { parseConfig } from '../config/parse';
import type { Config, RunConfig } from '../config/schema';
import { placeOfValue } from '../config/settingPlaces';
import { sweptConfigs } from '../config/sweep';
import type { DatasetInfo } from '../data/dataset';
import type { LayerGraph } from '../network/graph';
import { inconsistencies } from './consistency';
import { findNetworks, nothingRead, type FoundNetworks } from './foundNetworks';
import { hints, type Hint } from './hints';
import { knownDataset, resolve, type DatasetOf, type Experiment, type NetworkOf } from './resolve';

export type ReadExperiment =
  | { readonly experiment: Experiment; readonly problems: readonly []; readonly hints: readonly Hint[] }
  | { readonly experiment: null; readonly problems: readonly Problem[]; readonly hints: readonly [] };

/** What was found where a config says that its images are: them, or a sentence that says why they can't be used. */
type FoundData = (data: RunConfig['data']) => DatasetInfo | string;

/**
 * Reads a config with all its checks: values that are not allowed, and values that do not go together. Problems are in the
 * order of the text; a config without any gets hints. `fallbackName` names an experiment whose config gives no name. Of images
 * that a config brings along, and of a network in a file, only `readExperimentIn` knows.
 */
export function readExperiment(text: string, fallbackName: string): ReadExperiment {
  const parsed = parseConfig(text);
  if (parsed.config === null) return refused(parsed.problems);
  const runs = sweptConfigs(parsed.config, fallbackName);
  return checked({ ...parsed, fallbackName, runs }, notLookedAt, nothingRead);
}

/**
 * As `readExperiment`, of a config in a folder: the images that it brings along and the files of networks that it names, if any,
 * are looked at.
 */
export async function readExperimentIn(folder: string, text: string, fallbackName: string): Promise<ReadExperiment> {
  const parsed = parseConfig(text);
  if (parsed.config === null) return refused(parsed.problems);
  const runs = sweptConfigs(parsed.config, fallbackName);
  const found = new Map<string, DatasetInfo | string>();
  for (const { data } of runs) {
    const key = JSON.stringify(data);
    if (hasOwnImages(data) && !found.has(key)) found.set(key, await foundIn(folder, data));
  }
  const dataOf: FoundData = (data) => found.get(JSON.stringify(data)) ?? notLookedAt(data);
  const onData = runs.flatMap(({ model, data }) => {
    const dataset = dataOf(data);
    return typeof dataset === 'string' ? [] : [{ model, dataset }];
  });
  return checked({ ...parsed, fallbackName, runs }, dataOf, await findNetworks(folder, onData));
}

/** A config whose values are allowed, and the configs of its runs. */
interface Parsed {
  readonly config: Config;
  readonly document: ConfigDocument;
  readonly fallbackName: string;
  readonly runs: readonly RunConfig[];
}

function checked(parsed: Parsed, data: FoundData, networks: FoundNetworks): ReadExperiment {
  const { config, document, fallbackName } = parsed;
  const noImages = unusableData(parsed, data);
  if (noImages.length > 0) return refused(document.problems(noImages));
  const datasetOf: DatasetOf = (of) => data(of) as DatasetInfo;
  const noNetworks = unusableNetworks(parsed, (model, of) => networks(model, datasetOf(of)));
  if (noNetworks.length > 0) return refused(document.problems(noNetworks));
  const networkOf: NetworkOf = (model, dataset) => networks(model, dataset) as LayerGraph;
  const experiment = resolve(config, fallbackName, datasetOf, networkOf);
  const problems = document.problems(inconsistencies(document, experiment));
  return problems.length === 0 ? { experiment, problems: [], hints: hints(document, experiment) } : refused(problems);
}

async function foundIn(folder: string, data: RunConfig['data']): Promise<DatasetInfo | string> {
  try {
    // As for networks in files: few configs bring their images along.
    const { lookAtOwn } = await import('../data/own/lookAtOwn');
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
function unusableData({ document, config, runs }: Parsed, found: FoundData): Finding[] {
  return runs.flatMap(({ data }) => {
    const problem = found(data);
    if (typeof problem !== 'string') return [];
    const setting = data.arrays === null ? 'folder' : 'arrays';
    return [document.valueFinding(placeOfValue(config, `data.${setting}`, data[setting]), problem)];
  });
}

/** Networks in files that can't be used, once for each place that names them. */
function unusableNetworks(
  { document, config, runs }: Parsed,
  found: (model: RunConfig['model'], data: RunConfig['data']) => LayerGraph | string,
): Finding[] {
  return runs.flatMap(({ model, data }) => {
    const file = networkFileOf(model);
    if (file === null) return [];
    const several = severalNetworks(document, model);
    if (several !== null) return [document.valueFinding(['model', several], severalSentence(several, file.format))];
    const problem = found(model, data);
    return typeof problem === 'string'
      ? [document.valueFinding(placeOfValue(config, `model.${file.format}`, file.path), problem)]
      : [];
  });
}

/** A setting that names a network beside the one that is used. */
function severalNetworks(document: ConfigDocument, { onnx, tfjs }: RunConfig['model']): 'arch' | 'tfjs' | null {
  if (document.valueAt(['model', 'arch']) !== undefined) return 'arch';
  return onnx !== null && tfjs !== null ? 'tfjs' : null;
}

function severalSentence(other: string, used: string): string {
  return `model has both ${other} and ${used}, but a run has one network; leave one of them out.`;
}

function refused(problems: readonly Problem[]): ReadExperiment {
  return { experiment: null, problems, hints: [] };
}

import type { ConfigDocument, Finding, Problem } from '../config/document';
import { networkFileOf } from '../config/networkName';
import { parseConfig } from '../config/parse';
import type { Config, RunConfig } from '../config/schema';
import type { SettingPath } from '../config/settings';
import { sweptConfigs } from '../config/sweep';
import { datasetInfo } from '../data/sets/datasetInfo';
import type { LayerGraph } from '../network/graph';
import { inconsistencies } from './consistency';
import { findNetworks, nothingRead, type FoundNetworks } from './foundNetworks';
import { hints, type Hint } from './hints';
import { resolve, type Experiment } from './resolve';

export type ReadExperiment =
  | { readonly experiment: Experiment; readonly problems: readonly []; readonly hints: readonly Hint[] }
  | { readonly experiment: null; readonly problems: readonly Problem[]; readonly hints: readonly [] };

/**
 * Reads a config with all its checks: values that are not allowed, and values that do not go together. Problems are in the
 * order of the text; a config without any gets hints. `fallbackName` names an experiment whose config gives no name. Of a network
 * in a file only `readExperimentIn` knows.
 */
export function readExperiment(
  text: string,
  fallbackName: string,
  networks: FoundNetworks = nothingRead,
): ReadExperiment {
  const parsed = parseConfig(text);
  if (parsed.config === null) return refused(parsed.problems);
  const { config, document } = parsed;
  const unusable = unusableNetworks(document, config, fallbackName, networks);
  if (unusable.length > 0) return refused(document.problems(unusable));
  const experiment = resolve(config, fallbackName, (model, dataset) => networks(model, dataset) as LayerGraph);
  const problems = document.problems(inconsistencies(document, experiment));
  return problems.length === 0 ? { experiment, problems: [], hints: hints(document, experiment) } : refused(problems);
}

/** As `readExperiment`, of a config in a folder: the files of networks that it names, if any, are read. */
export async function readExperimentIn(folder: string, text: string, fallbackName: string): Promise<ReadExperiment> {
  const { config } = parseConfig(text);
  const runs = config ? sweptConfigs(config, fallbackName).map(withDataset) : [];
  return readExperiment(text, fallbackName, await findNetworks(folder, runs));
}

function withDataset({ model, data }: RunConfig) {
  return { model, dataset: datasetInfo(data.dataset) };
}

/** Networks in files that can't be used, once for each place that names them. */
function unusableNetworks(
  document: ConfigDocument,
  config: Config,
  fallbackName: string,
  networks: FoundNetworks,
): Finding[] {
  return sweptConfigs(config, fallbackName).flatMap((run) => {
    const { model, dataset } = withDataset(run);
    const file = networkFileOf(model);
    if (file === null) return [];
    const several = severalNetworks(document, model);
    if (several !== null) return [document.valueFinding(['model', several], severalSentence(several, file.format))];
    const problem = networks(model, dataset);
    return typeof problem === 'string' ? [document.valueFinding(placeOf(config, file), problem)] : [];
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

function placeOf({ sweep }: Config, { path, format }: { path: string; format: 'onnx' | 'tfjs' }): SettingPath {
  const tried = sweep?.[`model.${format}`]?.indexOf(path) ?? -1;
  return tried < 0 ? ['model', format] : ['sweep', `model.${format}`, tried];
}

function refused(problems: readonly Problem[]): ReadExperiment {
  return { experiment: null, problems, hints: [] };
}

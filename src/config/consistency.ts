import { prunableLayers } from '../network/prunableLayers';
import { buildNetwork } from '../network/zoo';
import { layerMatcher } from '../pruning/allocation/rates';
import type { ConfigDocument, Problem } from './document';
import type { Config, RunConfig } from './schema';
import { pathInWords, type SettingPath } from './settings';
import { combinationCount, resolveRuns } from './sweep';

/** More runs than anybody waits for; without a limit a slip of the pen could fill the disk with run folders. */
const mostRuns = 1000;

/** What is wrong with a config although each of its values is allowed. */
export function inconsistencies(document: ConfigDocument, config: Config): Problem[] {
  const count = combinationCount(config.sweep);
  if (count > mostRuns) {
    const message = `The sweep makes ${count} runs; it must make at most ${mostRuns}.`;
    return [document.problemWithKey(['sweep'], message)];
  }
  const runs = resolveRuns(config, '');
  return [
    ...unorderedSchedule(document, config),
    ...idlePatterns(document, config, runs),
    ...heldOutInOrder(document, runs),
    ...runs.flatMap((run) => tooFewImages(document, config, run)),
  ];
}

function unorderedSchedule(document: ConfigDocument, { training }: Config): Problem[] {
  const steps = training.learningRateSchedule;
  return steps.flatMap((step, index) => {
    const previous = steps[index - 1];
    if (!previous || step.epoch > previous.epoch) return [];
    const path: SettingPath = ['training', 'learningRateSchedule', index, 'epoch'];
    const message = `${pathInWords(path)} is ${step.epoch}; it must be above ${previous.epoch}, the epoch before it in the list.`;
    return [document.problemWithValue(path, message)];
  });
}

function idlePatterns(document: ConfigDocument, config: Config, runs: readonly RunConfig[]): Problem[] {
  const networks = [...new Set(runs.map((run) => run.model.arch))];
  const layers = networks.flatMap(layerNames);
  return Object.keys(config.pruning.layers)
    .filter((pattern) => !layers.some(layerMatcher(pattern)))
    .map((pattern) => {
      const message = `"${pattern}" matches no layer of ${networks.join(' or ')}; layers are named as in "${layers.at(-1)}".`;
      return document.problemWithKey(['pruning', 'layers', pattern], message);
    });
}

/** Names depend neither on the size of the images nor on the number of classes. */
function layerNames(arch: string): string[] {
  const network = buildNetwork(arch, { channels: 3, height: 32, width: 32 }, 10);
  return prunableLayers(network).map(({ name }) => name);
}

/** The default of the validation part gives way to images in their own order; one that is asked for contradicts them. */
function heldOutInOrder(document: ConfigDocument, runs: readonly RunConfig[]): Problem[] {
  if (runs.every(({ data }) => data.shuffle)) return [];
  const swept = document.valueAt(['sweep', 'data.validation']);
  const places: SettingPath[] = Array.isArray(swept)
    ? swept.map((_, index) => ['sweep', 'data.validation', index])
    : [['data', 'validation']];
  return places.flatMap((place) => {
    const held = document.valueAt(place);
    if (held === undefined || held === 0) return [];
    const message = `data.validation is ${JSON.stringify(held)}; with data.shuffle off no images are held out: leave it out, or make it 0.`;
    return [document.problemWithValue(place, message)];
  });
}

function tooFewImages(document: ConfigDocument, config: Config, { data, training }: RunConfig): Problem[] {
  if (data.limit === null || data.limit >= training.batchSize) return [];
  const message = `data.limit is ${data.limit}; it must be at least ${training.batchSize}, the images of one batch (training.batchSize).`;
  const tried = config.sweep?.['data.limit']?.indexOf(data.limit) ?? -1;
  return [document.problemWithValue(tried < 0 ? ['data', 'limit'] : ['sweep', 'data.limit', tried], message)];
}

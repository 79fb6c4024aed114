import { UserError } from '../base/errors';
import type { ConfigDocument, Problem } from '../config/document';
import type { Config } from '../config/schema';
import { pathInWords, type SettingPath } from '../config/settings';
import { combinationCount } from '../config/sweep';
import { prunableLayers } from '../network/prunableLayers';
import { targetKinds } from '../pruning/allocation/target';
import { idlePatterns } from './idlePatterns';
import { needsMachineTimes, planPruning } from './pruningPlan';
import type { Experiment, ResolvedRun } from './resolve';

/** More runs than anybody waits for; without a limit a slip of the pen could fill the disk with run folders. */
const mostRuns = 1000;

/** Says that a sweep makes too many runs to resolve them; null when it does not. */
export function tooManyRuns(document: ConfigDocument, { sweep }: Config): Problem | null {
  const count = combinationCount(sweep);
  if (count <= mostRuns) return null;
  return document.problemWithKey(['sweep'], `The sweep makes ${count} runs; it must make at most ${mostRuns}.`);
}

/** What is wrong with a config although each of its values is allowed. */
export function inconsistencies(document: ConfigDocument, { config, runs }: Experiment): Problem[] {
  return [
    ...unorderedSchedule(document, config),
    ...patternsWithoutLayer(document, config, runs),
    ...heldOutInOrder(document, runs),
    ...pruneAfterWithoutOneShot(document, config, runs),
    ...runs.flatMap((run) => [...tooFewImages(document, config, run), ...tooManySettleEpochs(document, config, run)]),
    ...differentPlans(runs).flatMap((run) => targetProblems(document, config, run)),
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

/** Layer names depend neither on the size of the images nor on the number of classes: one graph a network is enough. */
function patternsWithoutLayer(document: ConfigDocument, { pruning }: Config, runs: readonly ResolvedRun[]): Problem[] {
  const graphs = new Map(runs.map(({ graph }) => [graph.name, graph]));
  const patterns = idlePatterns(pruning, [...graphs.values()]);
  const networks = [...graphs.keys()].join(' or ');
  const example = [...graphs.values()].flatMap(prunableLayers).at(-1)?.name;
  return patterns.map((pattern) => {
    const message = `"${pattern}" matches no layer of ${networks}; layers are named as in "${example}".`;
    return document.problemWithKey(['pruning', 'layers', pattern], message);
  });
}

/** The default of the validation part gives way to images in their own order; one that is asked for contradicts them. */
function heldOutInOrder(document: ConfigDocument, runs: readonly ResolvedRun[]): Problem[] {
  if (runs.every(({ config }) => config.data.shuffle)) return [];
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

function tooFewImages(document: ConfigDocument, { sweep }: Config, { config }: ResolvedRun): Problem[] {
  const { data, training } = config;
  if (data.limit === null || data.limit >= training.batchSize) return [];
  const message = `data.limit is ${data.limit}; it must be at least ${training.batchSize}, the images of one batch (training.batchSize).`;
  return [document.problemWithValue(placeOf(sweep, 'data.limit', data.limit), message)];
}

/** Targets of measured time are judged when there are times: by whoever plans with them. */
function targetProblems(document: ConfigDocument, { sweep }: Config, { config, graph }: ResolvedRun): Problem[] {
  const { target } = config.pruning;
  const [first, second] = targetKinds.filter((kind) => target[kind] !== null);
  if (first === undefined) return [];
  const place = placeOf(sweep, `pruning.target.${second ?? first}`, target[second ?? first]);
  if (second !== undefined) {
    const message = `pruning.target has both ${first} and ${second}; only one of flops, parameters and latency can be met: leave the others out.`;
    return [document.problemWithValue(place, message)];
  }
  if (needsMachineTimes(config.pruning)) return [];
  try {
    planPruning(graph, config.pruning);
    return [];
  } catch (error) {
    if (error instanceof UserError) return [document.problemWithValue(place, error.message)];
    throw error;
  }
}

/** Of a sweep of hundreds of runs those whose pruning or network differs: planning takes a while. */
function differentPlans(runs: readonly ResolvedRun[]): ResolvedRun[] {
  const keyOf = ({ config: { pruning, model, data } }: ResolvedRun) => JSON.stringify([pruning, model, data.dataset]);
  return [...new Map(runs.map((run) => [keyOf(run), run])).values()];
}

function tooManySettleEpochs(document: ConfigDocument, { sweep }: Config, { config }: ResolvedRun): Problem[] {
  const { settleEpochs } = config.pruning;
  const { epochs } = config.training;
  if (settleEpochs <= epochs) return [];
  const message = `pruning.settleEpochs is ${settleEpochs}; it must be at most ${epochs}, all epochs (training.epochs).`;
  return [document.problemWithValue(placeOf(sweep, 'pruning.settleEpochs', settleEpochs), message)];
}

/** A sweep may try other schedules beside it, for which it means nothing. */
function pruneAfterWithoutOneShot(
  document: ConfigDocument,
  { sweep }: Config,
  runs: readonly ResolvedRun[],
): Problem[] {
  if (runs.some(({ config }) => config.pruning.schedule === 'one-shot')) return [];
  const { pruneAfterEpochs, schedule } =
    runs.find(({ config }) => config.pruning.pruneAfterEpochs > 0)?.config.pruning ?? {};
  if (pruneAfterEpochs === undefined) return [];
  const message = `pruning.pruneAfterEpochs is ${pruneAfterEpochs}; only the schedule "one-shot" takes it, and pruning.schedule is "${schedule}": leave it out.`;
  return [document.problemWithValue(placeOf(sweep, 'pruning.pruneAfterEpochs', pruneAfterEpochs), message)];
}

/** Where a setting has its value: in the sweep, if that tries it, else in its own place. */
function placeOf(sweep: Config['sweep'], setting: string, value: number | null): SettingPath {
  const tried = sweep?.[setting]?.indexOf(value) ?? -1;
  return tried < 0 ? setting.split('.') : ['sweep', setting, tried];
}

import type { ConfigDocument, Problem } from '../config/document';
import type { Config, RunConfig } from '../config/schema';
import { placeOfValue, writtenPlaces } from '../config/settingPlaces';
import type { SettingPath } from '../config/settings';
import { layerMatcher, rateOf } from '../pruning/allocation/rates';
import { lastFilterSentence } from '../pruning/lastFilters';
import { needsMachineTimes, planPruning } from './pruningPlan';
import type { Experiment, ResolvedRun } from './resolve';

/** A setting to write into a config; what is around it stays, comments too. */
export interface SettingEdit {
  readonly path: SettingPath;
  readonly value: unknown;
}

/** Something that is allowed and that one may not have meant, with what would mend it. */
export interface Hint extends Problem {
  /** What the edits do, as a command: `Divide all learning rates by ten`; null where only the author knows what was meant. */
  readonly fix: string | null;
  readonly edits: readonly SettingEdit[];
}

/** Proposals for a config without mistakes. */
export function hints(document: ConfigDocument, experiment: Experiment): Hint[] {
  const { runs } = experiment;
  const configs = runs.map(({ config }) => config);
  return [
    ...largeRatesAfterPretraining(document, configs),
    ...shortWithoutSettling(document, configs),
    ...ratesThatLeaveOneFilter(document, experiment),
  ];
}

/** The smallest rate that is one for random weights: the paper's is 0.1, and a tenth of it from pretrained ones. */
const rateForRandomWeights = 0.1;

/** From pretrained weights the paper takes a tenth of the learning rates (He et al., IJCAI 2018, section 4.1). */
function largeRatesAfterPretraining(document: ConfigDocument, configs: readonly RunConfig[]): Hint[] {
  const pretrained = configs.filter(({ training }) => training.initialWeights !== null);
  const highest = pretrained.flatMap(ratesOf).reduce((most, rate) => Math.max(most, rate), 0);
  const [first] = pretrained;
  if (first === undefined || highest < rateForRandomWeights) return [];
  const message = `Training starts from "${first.training.initialWeights}" with learning rates up to ${highest}, which are for random weights and would undo what was learned; from pretrained weights the SFP paper takes a tenth of them.`;
  const swept = document.valueAt(['sweep', 'training.initialWeights']) !== undefined;
  const path: SettingPath = swept ? ['sweep', 'training.initialWeights'] : ['training', 'initialWeights'];
  const problem = document.problem(document.valueFinding(path, message));
  return [{ ...problem, fix: 'Divide all learning rates by ten', edits: tenthOfRates(document, first) }];
}

function ratesOf({ training }: RunConfig): number[] {
  const scheduled = training.learningRateSchedule.map(({ learningRate }) => learningRate);
  return scheduled.length > 0 ? scheduled : [training.optimizer.learningRate];
}

/** Rates that are written down are changed in their places; a schedule that is the default is written down whole. */
function tenthOfRates(document: ConfigDocument, { training }: RunConfig): SettingEdit[] {
  const { learningRateSchedule: steps, optimizer } = training;
  const place: SettingPath = ['training', 'learningRateSchedule'];
  if (steps.length > 0) {
    if (document.valueAt(place) !== undefined)
      return steps.map(({ learningRate }, index) => ({
        path: [...place, index, 'learningRate'],
        value: tenth(learningRate),
      }));
    return [{ path: place, value: steps.map((step) => ({ ...step, learningRate: tenth(step.learningRate) })) }];
  }
  const swept: SettingPath = ['sweep', 'training.optimizer.learningRate'];
  const written = writtenPlaces(document, 'training.optimizer.learningRate').filter(
    // A sweep leaves nothing of the setting's own value.
    ([first]) => first === 'sweep' || document.valueAt(swept) === undefined,
  );
  if (written.length > 0) return written.map((path) => ({ path, value: tenth(Number(document.valueAt(path))) }));
  return [{ path: ['training', 'optimizer', 'learningRate'], value: tenth(optimizer.learningRate) }];
}

/** 0.0008 / 10 has more digits in binary than anybody meant. */
function tenth(rate: number): number {
  return Number((rate / 10).toPrecision(12));
}

/** Below so many epochs the gap that soft pruning leaves does not close by itself: the paper gives that 40 of its 200. */
const shortRun = 40;
/** Fewer epochs are a trial of the set-up, not an experiment. */
const fewest = 6;

function shortWithoutSettling(document: ConfigDocument, configs: readonly RunConfig[]): Hint[] {
  const short = configs.find(({ training, pruning }) => {
    const prunes = pruning.rate > 0 || Object.values(pruning.target).some((left) => left !== null);
    return (
      prunes &&
      pruning.schedule === 'soft' &&
      pruning.settleEpochs === 0 &&
      training.epochs >= fewest &&
      training.epochs < shortRun
    );
  });
  const tried = writtenPlaces(document, 'pruning.settleEpochs').some(([first]) => first === 'sweep');
  if (short === undefined || tried) return [];
  const { epochs } = short.training;
  const settleEpochs = Math.ceil(epochs / 3);
  const message = `In ${epochs} epochs of soft pruning filters keep coming back until the end, so that the last pruning takes away what the network relies on and accuracy falls; with pruning.settleEpochs ${settleEpochs} the last epochs train with the masks held, and it adapts to what is left.`;
  const swept: SettingPath = ['sweep', 'training.epochs'];
  const path = document.valueAt(swept) === undefined ? ['training', 'epochs'] : swept;
  const problem = document.problem(document.valueFinding(path, message));
  const fix = `Let the last ${settleEpochs} epochs settle`;
  return [{ ...problem, fix, edits: [{ path: ['pruning', 'settleEpochs'], value: settleEpochs }] }];
}

/** Planning takes milliseconds, and an editor waits at every key: other runs of a large sweep say it when they start. */
const mostPlans = 10;

/** Where rates decide: what a target comes to is known by those who asked for it, and told when training begins. */
function ratesThatLeaveOneFilter(document: ConfigDocument, { config: experiment, runs }: Experiment): Hint[] {
  const byRates = runs.filter(
    ({ config: { pruning } }) =>
      !needsMachineTimes(pruning) && Object.values(pruning.target).every((left) => left === null),
  );
  const different = new Map(byRates.map((run) => [planKey(run), run]));
  const hinted = new Map<string, Hint>();
  for (const { graph, config } of [...different.values()].slice(0, mostPlans)) {
    const { lastFilters, prunable } = planPruning(graph, config.pruning);
    const pools = prunable.pools.filter(({ name }) => lastFilters.includes(name));
    const places = pools.map(({ layers }) => placeOfRate(document, experiment, config, layers));
    const keys = places.map((place) => JSON.stringify(place));
    for (const [index, key] of keys.entries()) {
      if (hinted.has(key)) continue;
      const names = lastFilters.filter((_, other) => keys[other] === key);
      const finding = document.valueFinding(places[index]!, lastFilterSentence(names));
      hinted.set(key, { ...document.problem(finding), fix: null, edits: [] });
    }
  }
  return [...hinted.values()];
}

/** Where the rate that decides about layers is written: those with one mask get the gentlest of theirs. */
function placeOfRate(
  document: ConfigDocument,
  experiment: Config,
  { pruning }: RunConfig,
  layers: readonly string[],
): SettingPath {
  const of = rateOf(pruning);
  const gentlest = layers.reduce((least, layer) => (of(layer) < of(least) ? layer : least));
  const pattern = Object.keys(pruning.layers).findLast((each) => layerMatcher(each)(gentlest));
  if (pattern !== undefined) return ['pruning', 'layers', pattern, 'rate'];
  const swept: SettingPath = ['sweep', 'pruning.rate'];
  return document.valueAt(swept) === undefined ? placeOfValue(experiment, 'pruning.rate', pruning.rate) : swept;
}

function planKey({ graph, dataset, config: { pruning } }: ResolvedRun): string {
  const { rate, layers, allocation, roundTo, groups } = pruning;
  return JSON.stringify([graph.name, dataset.name, rate, layers, allocation, roundTo, groups]);
}

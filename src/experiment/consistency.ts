import { UserError } from '../base/errors';
import type { ConfigDocument, Finding } from '../config/document';
import { hasOwnImages } from '../config/dataName';
import type { Config, RunConfig } from '../config/schema';
import { pathInWords, type SettingPath } from '../config/settings';
import type { LayerGraph } from '../network/graph';
import { prunableLayers } from '../network/prunableLayers';
import { targetKinds, type TargetKind } from '../pruning/allocation/target';
import { idlePatterns } from './idlePatterns';
import { needsMachineTimes, planPruning } from './pruningPlan';
import type { Experiment, ResolvedRun } from './resolve';

/** What is wrong with a config although each of its values is allowed. */
export function inconsistencies(document: ConfigDocument, { config, runs }: Experiment): Finding[] {
  return [
    ...unorderedSchedule(document, config),
    ...patternsWithoutLayer(document, config, runs),
    ...twoSources(document, runs),
    ...heldOutInOrder(document, runs),
    ...pruneAfterWithoutOneShot(document, config, runs),
    ...runs.flatMap((run) => [
      ...tooFewImages(document, config, run),
      ...tooManySettleEpochs(document, config, run),
      ...severalTargets(document, config, run),
    ]),
    ...unreachableTargets(document, config, runs),
  ];
}

function unorderedSchedule(document: ConfigDocument, { training }: Config): Finding[] {
  const steps = training.learningRateSchedule;
  return steps.flatMap((step, index) => {
    const previous = steps[index - 1];
    if (!previous || step.epoch > previous.epoch) return [];
    const path: SettingPath = ['training', 'learningRateSchedule', index, 'epoch'];
    const message = `${pathInWords(path)} is ${step.epoch}; it must be above ${previous.epoch}, the epoch before it in the list.`;
    return [document.valueFinding(path, message)];
  });
}

/** Layer names depend neither on the size of the images nor on the number of classes: one graph a network is enough. */
function patternsWithoutLayer(document: ConfigDocument, { pruning }: Config, runs: readonly ResolvedRun[]): Finding[] {
  const graphs = new Map(runs.map(({ graph }) => [graph.name, graph]));
  const patterns = idlePatterns(pruning, [...graphs.values()]);
  const networks = [...graphs.keys()].join(' or ');
  const example = [...graphs.values()].flatMap(prunableLayers).at(-1)?.name;
  return patterns.map((pattern) => {
    const message = `"${pattern}" matches no layer of ${networks}; layers are named as in "${example}".`;
    return document.keyFinding(['pruning', 'layers', pattern], message);
  });
}

/** Which of them is meant is not to be guessed. */
function twoSources(document: ConfigDocument, runs: readonly ResolvedRun[]): Finding[] {
  const named = (['arrays', 'folder', 'dataset'] as const).filter(
    (setting) => isWritten(document, ['data', setting]) || isWritten(document, ['sweep', `data.${setting}`]),
  );
  const [first, second] = named;
  if (second === undefined || !runs.some(({ config }) => hasOwnImages(config.data))) return [];
  const path: SettingPath = isWritten(document, ['data', second]) ? ['data', second] : ['sweep', `data.${second}`];
  return [document.valueFinding(path, `data.${second} stands beside data.${first}; leave one of them out.`)];
}

function isWritten(document: ConfigDocument, path: SettingPath): boolean {
  return (document.valueAt(path) ?? null) !== null;
}

/** The default of the validation part gives way to images in their own order; one that is asked for contradicts them. */
function heldOutInOrder(document: ConfigDocument, runs: readonly ResolvedRun[]): Finding[] {
  if (runs.every(({ config }) => config.data.shuffle)) return [];
  const swept = document.valueAt(['sweep', 'data.validation']);
  const places: SettingPath[] = Array.isArray(swept)
    ? swept.map((_, index) => ['sweep', 'data.validation', index])
    : [['data', 'validation']];
  return places.flatMap((place) => {
    const held = document.valueAt(place);
    if (held === undefined || held === 0) return [];
    const message = `data.validation is ${JSON.stringify(held)}; with data.shuffle off no images are held out: leave it out, or make it 0.`;
    return [document.valueFinding(place, message)];
  });
}

function tooFewImages(document: ConfigDocument, { sweep }: Config, { config }: ResolvedRun): Finding[] {
  const { data, training } = config;
  if (data.limit === null || data.limit >= training.batchSize) return [];
  const message = `data.limit is ${data.limit}; it must be at least ${training.batchSize}, the images of one batch (training.batchSize).`;
  return [document.valueFinding(placeOf(sweep, 'data.limit', data.limit), message)];
}

function severalTargets(document: ConfigDocument, { sweep }: Config, { config }: ResolvedRun): Finding[] {
  const [first, second] = targetsOf(config);
  if (second === undefined) return [];
  const message = `pruning.target has both ${first} and ${second}; only one of flops, parameters and latency can be met: leave the others out.`;
  return [document.valueFinding(placeOf(sweep, `pruning.target.${second}`, config.pruning.target[second]), message)];
}

function targetsOf({ pruning: { target } }: RunConfig): TargetKind[] {
  return targetKinds.filter((kind) => target[kind] !== null);
}

/** Planning takes tens of milliseconds, and an editor waits at every key: the targets of other runs are judged when they start. */
const mostPlans = 10;

/**
 * Targets of measured time are judged when there are times: by whoever plans with them. Where a target can be reached all
 * higher ones can, so that a sweep over targets is looked at from its lowest one on.
 */
function unreachableTargets(document: ConfigDocument, { sweep }: Config, runs: readonly ResolvedRun[]): Finding[] {
  const findings: Finding[] = [];
  let plans = 0;
  for (const alike of runsButForTheirTargets(runs))
    for (const { config, graph, kind, left } of alike) {
      if (++plans > mostPlans) return findings;
      const problem = planningProblem(graph, config.pruning);
      if (problem === null) break;
      findings.push(document.valueFinding(placeOf(sweep, `pruning.target.${kind}`, left), problem));
    }
  return findings;
}

interface TargetedRun extends ResolvedRun {
  readonly kind: TargetKind;
  readonly left: number;
}

/** Runs with one target each, together where a plan differs in its height only; the lowest first, each height once. */
function runsButForTheirTargets(runs: readonly ResolvedRun[]): TargetedRun[][] {
  const groups = new Map<string, Map<number, TargetedRun>>();
  for (const run of runs) {
    const [kind, another] = targetsOf(run.config);
    if (kind === undefined || another !== undefined || needsMachineTimes(run.config.pruning)) continue;
    const { layers, allocation, roundTo, groups: grouping, target } = run.config.pruning;
    const key = JSON.stringify([run.graph.name, run.dataset.name, kind, layers, allocation, roundTo, grouping]);
    const alike = groups.get(key) ?? new Map<number, TargetedRun>();
    groups.set(key, alike);
    const left = target[kind]!;
    if (!alike.has(left)) alike.set(left, { ...run, kind, left });
  }
  return [...groups.values()].map((alike) => [...alike.values()].sort((a, b) => a.left - b.left));
}

/** Why a pruning cannot be planned, in a sentence; null when it can. */
function planningProblem(graph: LayerGraph, pruning: RunConfig['pruning']): string | null {
  try {
    planPruning(graph, pruning);
    return null;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function tooManySettleEpochs(document: ConfigDocument, { sweep }: Config, { config }: ResolvedRun): Finding[] {
  const { settleEpochs } = config.pruning;
  const { epochs } = config.training;
  if (settleEpochs <= epochs) return [];
  const message = `pruning.settleEpochs is ${settleEpochs}; it must be at most ${epochs}, all epochs (training.epochs).`;
  return [document.valueFinding(placeOf(sweep, 'pruning.settleEpochs', settleEpochs), message)];
}

/** A sweep may try other schedules beside it, for which it means nothing. */
function pruneAfterWithoutOneShot(
  document: ConfigDocument,
  { sweep }: Config,
  runs: readonly ResolvedRun[],
): Finding[] {
  if (runs.some(({ config }) => config.pruning.schedule === 'one-shot')) return [];
  const { pruneAfterEpochs, schedule } =
    runs.find(({ config }) => config.pruning.pruneAfterEpochs > 0)?.config.pruning ?? {};
  if (pruneAfterEpochs === undefined) return [];
  const message = `pruning.pruneAfterEpochs is ${pruneAfterEpochs}; only the schedule "one-shot" takes it, and pruning.schedule is "${schedule}": leave it out.`;
  return [document.valueFinding(placeOf(sweep, 'pruning.pruneAfterEpochs', pruneAfterEpochs), message)];
}

/** Where a setting has its value: in the sweep, if that tries it, else in its own place. */
function placeOf(sweep: Config['sweep'], setting: string, value: number | null): SettingPath {
  const tried = sweep?.[setting]?.indexOf(value) ?? -1;
  return tried < 0 ? setting.split('.') : ['sweep', setting, tried];
}

import { UserError } from '../base/errors';
import type { ConfigDocument, Finding } from '../config/document';
import { hasOwnImages } from '../config/dataName';
import type { Config, RunConfig } from '../config/schema';
import { placeOfValue, writtenPlaces } from '../config/settingPlaces';
import { pathInWords, type SettingPath } from '../config/settings';
import type { LayerGraph } from '../network/graph';
import { prunableLayers } from '../network/prunableLayers';
import { targetKinds, type TargetKind } from '../pruning/allocation/target';
import { idlePatterns } from './idlePatterns';
import { ofSomeRuns, type WrongRun } from './ofSomeRuns';
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
    ...[tooFewImages, tooManySettleEpochs, severalTargets].flatMap((judge) =>
      ofSomeRuns(
        document,
        runs.map((run) => judge(config, run)),
      ),
    ),
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
  const named = (['arrays', 'folder', 'dataset'] as const).flatMap((setting) => {
    const place = writtenPlaces(document, `data.${setting}`).find((each) => document.valueAt(each) !== null);
    return place ? [{ setting, place }] : [];
  });
  const [first, second] = named;
  if (!first || !second || !runs.some(({ config }) => hasOwnImages(config.data))) return [];
  const message = `data.${second.setting} stands beside data.${first.setting}; leave one of them out.`;
  return [document.valueFinding(second.place, message)];
}

/** The default of the validation part gives way to images in their own order; one that is asked for contradicts them. */
function heldOutInOrder(document: ConfigDocument, runs: readonly ResolvedRun[]): Finding[] {
  if (runs.every(({ config }) => config.data.shuffle)) return [];
  return writtenPlaces(document, 'data.validation').flatMap((place) => {
    const held = document.valueAt(place);
    if (held === 0) return [];
    const message = `data.validation is ${JSON.stringify(held)}; with data.shuffle off no images are held out: leave it out, or make it 0.`;
    return [document.valueFinding(place, message)];
  });
}

function tooFewImages(experiment: Config, { config }: ResolvedRun): WrongRun | null {
  const { data, training } = config;
  if (data.limit === null || data.limit >= training.batchSize) return null;
  const message = `data.limit is ${data.limit}; it must be at least ${training.batchSize}, the images of one batch (training.batchSize).`;
  return { run: config.name, place: placeOfValue(experiment, 'data.limit', data.limit), message };
}

function severalTargets(experiment: Config, { config }: ResolvedRun): WrongRun | null {
  const [first, second] = targetsOf(config);
  if (second === undefined) return null;
  const message = `pruning.target has both ${first} and ${second}; only one of flops, parameters and latency can be met: leave the others out.`;
  const place = placeOfValue(experiment, `pruning.target.${second}`, config.pruning.target[second]);
  return { run: config.name, place, message };
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
function unreachableTargets(document: ConfigDocument, experiment: Config, runs: readonly ResolvedRun[]): Finding[] {
  const findings: Finding[] = [];
  let plans = 0;
  for (const alike of runsButForTheirTargets(runs))
    for (const { config, graph, kind, left } of alike) {
      if (++plans > mostPlans) return findings;
      const problem = planningProblem(graph, config.pruning);
      if (problem === null) break;
      findings.push(document.valueFinding(placeOfValue(experiment, `pruning.target.${kind}`, left), problem));
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

function tooManySettleEpochs(experiment: Config, { config }: ResolvedRun): WrongRun | null {
  const { settleEpochs } = config.pruning;
  const { epochs } = config.training;
  if (settleEpochs <= epochs) return null;
  const message = `pruning.settleEpochs is ${settleEpochs}; it must be at most ${epochs}, all epochs (training.epochs).`;
  return { run: config.name, place: placeOfValue(experiment, 'pruning.settleEpochs', settleEpochs), message };
}

/** A sweep may try other schedules beside it, for which it means nothing. */
function pruneAfterWithoutOneShot(
  document: ConfigDocument,
  experiment: Config,
  runs: readonly ResolvedRun[],
): Finding[] {
  if (runs.some(({ config }) => config.pruning.schedule === 'one-shot')) return [];
  const { pruneAfterEpochs, schedule } =
    runs.find(({ config }) => config.pruning.pruneAfterEpochs > 0)?.config.pruning ?? {};
  if (pruneAfterEpochs === undefined) return [];
  const message = `pruning.pruneAfterEpochs is ${pruneAfterEpochs}; only the schedule "one-shot" takes it, and pruning.schedule is "${schedule}": leave it out.`;
  return [document.valueFinding(placeOfValue(experiment, 'pruning.pruneAfterEpochs', pruneAfterEpochs), message)];
}

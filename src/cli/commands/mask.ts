import { UserError } from '../../base/errors';
import { decodeSafetensors } from '../../formats/safetensors';
import { readWeightsFile } from '../../formats/weightsFile';
import { weightName } from '../../network/layers/names';
import { prunableLayers, type PrunableLayer } from '../../network/prunableLayers';
import { areFinite } from '../../formats/tensor';
import type { TensorMap } from '../../network/state';
import { criteria, type CriterionId } from '../../pruning/criteria';
import { criteriaOverlap } from '../../pruning/criteriaOverlap';
import { zeroFilterMasks } from '../../pruning/held';
import { layerScores } from '../../pruning/layerScores';
import { filtersToPrune, maskOf } from '../../pruning/masks';
import { convolutionsOf } from '../../pruning/weightFile';
import { readManifest } from '../../runs/folder/manifest';
import { percent, unknown } from '../figures';
import { isFile } from '../paths';
import { asUsage, UsageError } from '../problems';
import { findRun, runsFolderOf } from '../runFolders';
import { table } from '../table';
import { colours, print, printJson } from '../terminal';

export interface MaskOptions {
  readonly criterion: CriterionId;
  /** A second criterion to compare the first one with. */
  readonly against?: CriterionId;
  readonly rate: number;
  /** Decides what "random" prunes. */
  readonly seed: number;
  readonly runs?: string;
  readonly json?: boolean;
}

/** `sfp mask`: which filters of some weights a criterion would prune, or how far two criteria agree on that. */
export async function mask(subject: string, options: MaskOptions): Promise<void> {
  const { tensors, layers } = await weightsOf(subject, options);
  const scoresBy = (criterion: CriterionId) => {
    refuseUnlessDecided(criterion, layers, subject);
    refuseUnlessNumbers(criterion, { tensors, layers }, subject);
    return layers.map((layer) => scoresOf(criterion, layer, tensors, options.seed));
  };
  const scores = scoresBy(options.criterion);
  if (options.against === undefined) tellMasks(layers, scores, options);
  else tellOverlap({ tensors, layers }, scores, scoresBy(options.against), options);
}

interface Weights {
  readonly tensors: TensorMap;
  readonly layers: readonly PrunableLayer[];
}

/** Those of a file, or of the best checkpoint of a run. */
async function weightsOf(subject: string, { runs }: MaskOptions): Promise<Weights> {
  if (!subject.endsWith('.safetensors') && !(await isFile(subject))) {
    const folder = await findRun(subject, await runsFolderOf(runs));
    const [{ exportedWeights }, { runNetwork }, manifest] = await Promise.all([
      import('../../export/exportedWeights'),
      import('../../runs/folder/runNetwork'),
      readManifest(folder),
    ]);
    const { tensors } = await exportedWeights(folder, 'best');
    return { tensors, layers: prunableLayers((await runNetwork(folder, manifest)).graph) };
  }
  const bytes = await asUsage(() => readWeightsFile(subject));
  const tensors = decodeSafetensors(bytes, subject);
  const layers = convolutionsOf(tensors);
  if (layers.length === 0)
    throw new UsageError(`${subject} has no convolution: no tensor of rank 4, [filters, inputs, height, width].`);
  return { tensors, layers };
}

function scoresOf(criterion: CriterionId, layer: PrunableLayer, tensors: TensorMap, seed: number): Float64Array {
  return layerScores(layer, tensors, { criterion, seed, epoch: -1 }, null);
}

function refuseUnlessDecided(criterion: CriterionId, layers: readonly PrunableLayer[], file: string): void {
  const { needs } = criteria[criterion];
  if (needs === 'gradients')
    throw new UsageError(
      `The criterion "${criterion}" ranks by gradients of training, which no weight file holds; \`sfp show RUN --json\` has the scores of a run.`,
    );
  const without = needs === 'batchNorm' ? layers.find(({ batchNorm }) => batchNorm === null) : undefined;
  if (without !== undefined)
    throw new UsageError(
      `The criterion "${criterion}" ranks filters by the batch norm after them, and ${file} has none whose name tells that it follows "${without.name}".`,
    );
}

/** By what is no number nothing can be ranked, and sorting would not say so. */
function refuseUnlessNumbers(criterion: CriterionId, { tensors, layers }: Weights, subject: string): void {
  const { needs } = criteria[criterion];
  if (needs === 'nothing') return;
  for (const { weight, batchNorm } of layers) {
    const name = needs === 'batchNorm' && batchNorm !== null ? weightName(batchNorm) : weight;
    const tensor = tensors.get(name);
    if (tensor && !areFinite(tensor.data))
      throw new UserError(
        `${subject}: "${name}" has values that are no finite numbers, by which no filter can be ranked. The training diverged, or the file is damaged; take other weights.`,
      );
  }
}

function tellMasks(
  layers: readonly PrunableLayer[],
  scores: readonly Float64Array[],
  { rate, json }: MaskOptions,
): void {
  const masks = layers.map(({ weight, filters }, index) => ({
    name: weight,
    filters,
    pruned: prunedFilters(scores[index]!, rate),
  }));
  if (json) printJson({ layers: masks });
  else
    print(
      table(
        [{ title: 'layer' }, right('filters'), right('pruned'), { title: 'which' }],
        masks.map(({ name, filters, pruned }) => [name, String(filters), String(pruned.length), pruned.join(' ')]),
        colours().dim,
      ),
    );
}

/** Filters that are zero already come first in most rankings: they agree because of what was pruned before. */
function tellOverlap(
  { tensors, layers }: Weights,
  scores: readonly Float64Array[],
  others: readonly Float64Array[],
  { criterion, against, rate, json }: MaskOptions,
): void {
  const zeros = zeroFilterMasks(layers, tensors);
  const overlaps = layers.map(({ name, weight }, index) => ({
    name: weight,
    zero: zeros.get(name)!.filter((kept) => kept === 0).length,
    ...criteriaOverlap(scores[index]!, others[index]!, rate),
  }));
  if (json) printJson({ criterion, against, rate, layers: overlaps });
  else
    print(
      table(
        [
          { title: 'layer' },
          right('filters'),
          right('zero'),
          right('pruned'),
          right('rank correlation'),
          right('overlap'),
        ],
        overlaps.map(({ name, filters, zero, pruned, rankCorrelation, maskOverlap }) => [
          name,
          String(filters),
          String(zero),
          String(pruned),
          rankCorrelation === null ? unknown : rankCorrelation.toFixed(3),
          percent(maskOverlap, 0),
        ]),
        colours().dim,
      ),
    );
}

const right = (title: string) => ({ title, align: 'right' as const });

/** Indices of the pruned filters, ascending. */
function prunedFilters(scores: Float64Array, rate: number): number[] {
  const kept = maskOf(scores, filtersToPrune(scores.length, rate));
  return [...kept.keys()].filter((filter) => kept[filter] === 0);
}

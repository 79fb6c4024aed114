import { readFile } from 'node:fs/promises';
import type { Tensor } from '../../network/state';
import { criteria, type CriterionId } from '../../pruning/criteria';
import { randomStream } from '../../base/random';
import { filtersToPrune, maskOf } from '../../pruning/masks';
import { onFile } from '../../base/fileProblem';
import { decodeSafetensors } from '../../formats/safetensors';
import { asUsage, UsageError } from '../problems';
import { table } from '../table';
import { colours, print, printJson } from '../terminal';

export interface MaskOptions {
  readonly criterion: CriterionId;
  readonly rate: number;
  readonly json?: boolean;
}

/** `sfp mask`: which filters of a weight file a criterion would prune. */
export async function mask(file: string, { criterion, rate, json }: MaskOptions): Promise<void> {
  const bytes = await asUsage(() => onFile(file, () => readFile(file)));
  const tensors = decodeSafetensors(bytes, file);
  const layers = [...tensors]
    .filter(([, tensor]) => tensor.shape.length === 4)
    .map(([name, tensor]) => ({ name, filters: tensor.shape[0] ?? 0, pruned: prunedFilters(tensor, criterion, rate) }));
  if (layers.length === 0)
    throw new UsageError(`${file} has no convolution: no tensor of rank 4, [filters, inputs, height, width].`);
  if (json) printJson({ layers });
  else
    print(
      table(
        [
          { title: 'layer' },
          { title: 'filters', align: 'right' },
          { title: 'pruned', align: 'right' },
          { title: 'which' },
        ],
        layers.map(({ name, filters, pruned }) => [name, String(filters), String(pruned.length), pruned.join(' ')]),
        colours().dim,
      ),
    );
}

/** Indices of the pruned filters, ascending. */
function prunedFilters(weights: Tensor, criterion: CriterionId, rate: number): number[] {
  const filters = weights.shape[0] ?? 0;
  const evidence = { weights, batchNormScale: null, importance: null, random: () => randomStream(1, 'mask') };
  const kept = maskOf(criteria[criterion].score(evidence, ''), filtersToPrune(filters, rate));
  return [...kept.keys()].filter((filter) => kept[filter] === 0);
}

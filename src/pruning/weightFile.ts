import { biasName, weightName } from '../network/layers/names';
import type { PrunableLayer } from '../network/prunableLayers';
import type { TensorMap } from '../network/state';

/**
 * The convolutions of a weight file in its order: all tensors of rank 4 that have values, [filters, inputs, height, width], but for
 * depthwise ones, whose filters go with the channels that they read; the first one may read a single channel, that of grey images.
 * The batch norm after one is told by its name alone: `bn1` beside `conv1`, `bn` beside `conv`, `norm1`, or the next number in a
 * PyTorch Sequential (`features.1` after `features.0`); it has to have a scale of one value a filter.
 */
export function convolutionsOf(tensors: TensorMap): PrunableLayer[] {
  const found = [...tensors].flatMap(([weight, { shape, data }]): (PrunableLayer & { inputs: number })[] => {
    const [filters, inputs, ...places] = shape;
    // Filters without a value are as many as a file claims, not as it has room for.
    if (filters === undefined || inputs === undefined || places.length !== 2 || data.length === 0) return [];
    const name = weight.replace(/\.weight$/, '');
    const isByFilter = (candidate: string): boolean => {
      const vector = tensors.get(candidate);
      return vector?.shape.length === 1 && vector.shape[0] === filters;
    };
    const bias = isByFilter(biasName(name)) ? biasName(name) : null;
    const batchNorm = batchNormNames(name).find((candidate) => isByFilter(weightName(candidate))) ?? null;
    return [{ name, filters, weight, bias, batchNorm, inputs }];
  });
  return found.flatMap(({ inputs, ...layer }, index) => (inputs === 1 && index > 0 ? [] : [layer]));
}

/** What batch norm after a convolution is called, the likeliest first. */
function batchNormNames(convolution: string): string[] {
  const [, path = '', last = ''] = /^(.*\.)?([^.]+)$/.exec(convolution) ?? [];
  const renamed = ['bn', 'norm', 'batch_norm', 'batchnorm'].map((word) => last.replace(/conv/i, word));
  const next = /^\d+$/.test(last) ? [String(Number(last) + 1)] : [];
  return [...renamed, ...next].filter((name) => name !== last).map((name) => path + name);
}

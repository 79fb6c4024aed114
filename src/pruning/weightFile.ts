import { weightName } from '../network/layers/names';
import type { PrunableLayer } from '../network/prunableLayers';
import type { TensorMap } from '../network/state';

/**
 * The convolutions of a weight file in its order: all tensors of rank 4 that have values, [filters, inputs, height, width]. The
 * batch norm after one is told by its name alone: `bn1` beside `conv1`, `bn` beside `conv`, `norm1`, or the next number in a
 * PyTorch Sequential (`features.1` after `features.0`); it has to have a scale of one value a filter.
 */
export function convolutionsOf(tensors: TensorMap): PrunableLayer[] {
  return [...tensors].flatMap(([weight, { shape, data }]) => {
    const [filters, ...inner] = shape;
    // Filters without a value are as many as a file claims, not as it has room for.
    if (filters === undefined || inner.length !== 3 || data.length === 0) return [];
    const name = weight.replace(/\.weight$/, '');
    const isScale = (candidate: string): boolean => {
      const scale = tensors.get(weightName(candidate));
      return scale?.shape.length === 1 && scale.shape[0] === filters;
    };
    return [{ name, filters, weight, batchNorm: batchNormNames(name).find(isScale) ?? null }];
  });
}

/** What batch norm after a convolution is called, the likeliest first. */
function batchNormNames(convolution: string): string[] {
  const [, path = '', last = ''] = /^(.*\.)?([^.]+)$/.exec(convolution) ?? [];
  const renamed = ['bn', 'norm', 'batch_norm', 'batchnorm'].map((word) => last.replace(/conv/i, word));
  const next = /^\d+$/.test(last) ? [String(Number(last) + 1)] : [];
  return [...renamed, ...next].filter((name) => name !== last).map((name) => path + name);
}

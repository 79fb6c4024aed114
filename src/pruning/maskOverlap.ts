/**
 * How far two masks of the same layer agree on what is pruned: filters pruned in both over filters pruned in either
 * (Jaccard, 1901), 0 to 1; 1 when neither prunes anything. 1 = kept in a mask, [filters].
 */
export function maskOverlap(a: Uint8Array, b: Uint8Array): number {
  return networkMaskOverlap([[a, b]]);
}

/** The same over all filters of several layers. */
export function networkMaskOverlap(layers: readonly (readonly [a: Uint8Array, b: Uint8Array])[]): number {
  let both = 0;
  let either = 0;
  for (const [a, b] of layers) {
    for (const [filter, kept] of a.entries()) {
      const prunedInA = kept === 0;
      const prunedInB = b[filter] === 0;
      if (prunedInA && prunedInB) both += 1;
      if (prunedInA || prunedInB) either += 1;
    }
  }
  return either === 0 ? 1 : both / either;
}

import type { Certificate, Latency } from './certificate';

/** The largest difference that is taken for rounding, of the range of the logits. */
export const equalityTolerance = 1e-4;

/** Whether the compact network computes what the masked one does. */
export function isEqual({ equality: { largestDifference, logitsRange } }: Pick<Certificate, 'equality'>): boolean {
  return largestDifference <= equalityTolerance * logitsRange;
}

/** Fractions that the compact network saves, of the masked one's. */
export interface RealSaving {
  /** Of the multiply-adds that it was built with. */
  readonly theoretical: number;
  /** Of the measured time. */
  readonly measured: number;
}

export function realSaving({ multiplyAdds }: Certificate, { masked, compact }: Latency): RealSaving {
  return {
    theoretical: 1 - multiplyAdds.built / multiplyAdds.dense,
    measured: 1 - compact.median / masked.median,
  };
}

/** What was measured with so many images at a time and with the most threads; null where nothing was. */
export function latencyWithAllThreads({ latency }: Certificate, batch: number): Latency | null {
  const ofBatch = latency?.measured.filter((each) => each.batch === batch) ?? [];
  const [most] = ofBatch.toSorted((a, b) => b.threads - a.threads);
  return most ?? null;
}

/** Where a part of the theoretical saving went. */
export interface LostSaving {
  readonly text: string;
  /** Fraction of the dense network's multiply-adds that it costs; null where it is not counted in them. */
  readonly share: number | null;
}

/** Why the compact network is not as much faster as it is smaller, the dearest first. */
export function lostSavings({ layers, multiplyAdds, overheads, block }: Certificate): LostSaving[] {
  const rounding = layers.flatMap(({ name, filters, multiplyAdds: adds, runAs }): LostSaving[] => {
    if (runAs <= filters.built || filters.built === 0) return [];
    const share = (adds.built * (runAs / filters.built - 1)) / multiplyAdds.dense;
    return [{ text: `${name}: ${filters.built} filters run as ${runAs}, in blocks of ${block}`, share }];
  });
  const others = overheads.map((text) => ({ text, share: null }));
  return [...rounding.sort((a, b) => (b.share ?? 0) - (a.share ?? 0)), ...others];
}

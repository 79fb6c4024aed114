import type { Certificate, Latency, LostSaving } from './certificate';

/** The largest difference that is taken for rounding, of the range of the logits. */
export const equalityTolerance = 1e-4;

/** Whether the compact network computes what the masked one does. */
export function isEqual({ equality: { largestDifference, logitsRange } }: Pick<Certificate, 'equality'>): boolean {
  return largestDifference <= equalityTolerance * logitsRange;
}

/** What to say of a compact network that is not equal. */
export const unequalSentence =
  'The compact network is NOT the masked one: do not use it, and please report this with the run.';

/** Fractions that the compact network saves, of the masked one's. */
export interface RealSaving {
  /** Of the multiply-adds that the masks alone leave, before anything was added to them. */
  readonly theoretical: number;
  /** Of the measured time. */
  readonly measured: number;
}

export function realSaving({ multiplyAdds }: Certificate, { masked, compact }: Latency): RealSaving {
  return {
    theoretical: 1 - multiplyAdds.theoretical / multiplyAdds.dense,
    measured: 1 - compact.median / masked.median,
  };
}

/** What was measured with so many images at a time and with the most threads; null where nothing was. */
export function latencyWithAllThreads({ latency }: Certificate, batch: number): Latency | null {
  const ofBatch = latency?.measured.filter((each) => each.batch === batch) ?? [];
  const [most] = ofBatch.toSorted((a, b) => b.threads - a.threads);
  return most ?? null;
}

/** Images and threads for which widths are planned by time (`src/layerTimes/`). */
const planned = { batch: 64, threads: 1 };

/** What a target of time asked for and what was measured, both as fractions of the dense network's time. */
export interface LatencyTarget {
  readonly asked: number;
  readonly reached: number;
}

/** Null where no target was set, or nothing was measured. The masked network takes the dense one's time. */
export function latencyTarget({ targetLatency, latency }: Certificate): LatencyTarget | null {
  const measured = latency?.measured.find(
    ({ batch, threads }) => batch === planned.batch && threads === planned.threads,
  );
  if (targetLatency === null || measured === undefined) return null;
  return { asked: targetLatency, reached: measured.compact.median / measured.masked.median };
}

/** Why the compact network is not as much faster as the masks promise, the dearest first and what is not counted last. */
export function lostSavings({ lost }: Pick<Certificate, 'lost'>): LostSaving[] {
  return lost.toSorted((a, b) => (b.share ?? -1) - (a.share ?? -1));
}

/** How far the counted reasons explain that less was saved than promised. */
export interface ExplainedGap {
  /** Promised less measured saving, a fraction of the masked network's time. */
  readonly gap: number;
  /** What the counted reasons come to, a fraction of the dense network's multiply-adds. */
  readonly counted: number;
  /** Fraction of the gap that they explain, at most 1. */
  readonly explained: number;
}

/** Null where no less was saved than promised. */
export function explainedGap(certificate: Certificate, latency: Latency): ExplainedGap | null {
  const { theoretical, measured } = realSaving(certificate, latency);
  const gap = theoretical - measured;
  if (!(gap > 0)) return null;
  const counted = certificate.lost.reduce((sum, { share }) => sum + (share ?? 0), 0);
  return { gap, counted, explained: Math.min(1, counted / gap) };
}

/** On how many test images the logits were compared: `all 10,000 test images`, `500 of 10,000 test images (data.limit)`. */
export function comparedImages({ equality: { images }, testImages }: Certificate): string {
  const whole = (count: number): string => count.toLocaleString('en');
  return images < testImages
    ? `${whole(images)} of ${whole(testImages)} test images (data.limit)`
    : `all ${whole(images)} test images`;
}

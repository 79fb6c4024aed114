import { baselineTitles } from '../../config/baselines';
import { configDifferences, type Difference } from '../../config/differences';
import { networkMaskOverlap } from '../../pruning/maskOverlap';
import { statistic, type Statistic } from '../../statistics/sample';
import { isEqual, latencyWithAllThreads, realSaving } from './certificateFindings';
import type { LayerRecord, PruningRecord, RunManifest } from './format';
import { savedMultiplyAdds, type RunHistory, type ShownStatus } from './history';

/**
 * The settings that are not the same in all runs, each with one value for each run; before them, as `baseline`, which runs are
 * baselines of which kind. What tables and views show first.
 */
export function differingSettings(runs: readonly RunHistory[]): Difference[] {
  const kinds = runs.map(({ manifest: { baseline } }) => (baseline ? baselineTitles[baseline.kind] : 'none'));
  return [
    ...(new Set(kinds).size > 1 ? [{ path: 'baseline', values: kinds }] : []),
    ...configDifferences(runs.map(({ manifest }) => manifest.config)),
  ];
}

/** How the prunings of one layer agree; numbers of filters. */
export interface LayerOverlap {
  readonly name: string;
  /** Pruned in both. */
  readonly same: number;
  readonly onlyA: number;
  readonly onlyB: number;
  /** Filters pruned in both over filters pruned in either (Jaccard, 1901); 1 when neither prunes anything. */
  readonly jaccard: number;
}

/** The agreement of two prunings, layer by layer, of the layers that both have with as many filters. */
export function maskOverlap(a: PruningRecord, b: PruningRecord): LayerOverlap[] {
  return commonLayers(a, b).map(([{ name, mask }, { mask: other }]) => {
    const count = (inA: number, inB: number) =>
      mask.filter((kept, filter) => kept === inA && other[filter] === inB).length;
    return {
      name,
      same: count(0, 0),
      onlyA: count(0, 1),
      onlyB: count(1, 0),
      jaccard: networkMaskOverlap([[mask, other]]),
    };
  });
}

/** The numbers by which runs are compared; null where they are not known (yet). */
export interface Figures {
  /** Accuracy on the validation part before and after the newest pruning, as fractions. */
  readonly before: number | null;
  readonly after: number | null;
  /** Accuracy on the test images, at the end. */
  readonly test: number | null;
  /** Fractions of the multiply-adds that the newest pruning saves. */
  readonly reductionPaper: number | null;
  readonly reductionExact: number | null;
  /** Mean over the epochs. */
  readonly imagesPerSecond: number | null;
  /** Agreement of the newest masks with those of the first run, 0 to 1; null for that one, other networks and damaged records. */
  readonly overlap: number | null;
  /** Of the compact network on the test images, a fraction. */
  readonly compactAccuracy: number | null;
  /** Fractions of the measured time that the compact network saves, with all threads: 64 images at a time, and one. */
  readonly timeSaved64: number | null;
  readonly timeSaved1: number | null;
}

export interface SummaryRow extends Figures {
  readonly id: string;
  readonly name: string;
  readonly status: ShownStatus;
  /** Epochs trained. */
  readonly epochs: number;
  /** Whether the compact network is the masked one; null where there is none. */
  readonly compactEqual: boolean | null;
}

/** One row for each run, in their order. */
export function summaryRows(runs: readonly RunHistory[]): SummaryRow[] {
  const reference = runs[0]?.prunings.at(-1)?.record;
  return runs.map((run, index) => summaryRow(run, index === 0 ? null : (reference ?? null)));
}

export type FigureStatistics = Readonly<Record<keyof Figures, Statistic | null>>;

/** Runs whose settings differ by the seed alone. */
export interface SeedGroup {
  readonly ids: readonly string[];
  /** Null where no run knows the number. */
  readonly statistics: FigureStatistics;
}

/** The groups of two or more runs that differ by their seed alone, with mean and standard deviation of their figures. */
export function seedGroups(runs: readonly RunHistory[]): SeedGroup[] {
  const rows = summaryRows(runs);
  const rowOf = new Map(runs.map((run, index) => [run, rows[index]!]));
  return groupedBySeed(runs)
    .filter((group) => group.length > 1)
    .map((group) => ({
      ids: group.map(({ manifest }) => manifest.id),
      statistics: figureStatistics(group.map((run) => rowOf.get(run)!)),
    }));
}

/** Runs whose settings differ by the seed alone stand together; groups and runs are in the order of the first of them. */
export function groupedBySeed(runs: readonly RunHistory[]): RunHistory[][] {
  const groups = new Map<string, RunHistory[]>();
  for (const run of runs) {
    const key = keyWithoutSeed(run.manifest);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()];
}

/** Mean and deviation of each figure over some runs. */
export function figureStatistics(rows: readonly Figures[]): FigureStatistics {
  const over = (figure: keyof Figures) => statistic(rows.map((row) => row[figure]));
  return {
    before: over('before'),
    after: over('after'),
    test: over('test'),
    reductionPaper: over('reductionPaper'),
    reductionExact: over('reductionExact'),
    imagesPerSecond: over('imagesPerSecond'),
    overlap: over('overlap'),
    compactAccuracy: over('compactAccuracy'),
    timeSaved64: over('timeSaved64'),
    timeSaved1: over('timeSaved1'),
  };
}

function summaryRow(run: RunHistory, reference: PruningRecord | null): SummaryRow {
  const { manifest, status, epochs, prunings } = run;
  const newest = prunings.at(-1)?.record;
  const saved = savedMultiplyAdds(run);
  return {
    id: manifest.id,
    name: manifest.name,
    status,
    epochs: epochs.length,
    ...accuracies(run),
    reductionPaper: saved?.paper ?? null,
    reductionExact: saved?.exact ?? null,
    imagesPerSecond: statistic(epochs.map(({ imagesPerSecond }) => imagesPerSecond))?.mean ?? null,
    overlap: reference && newest ? networkOverlap(reference, newest) : null,
    ...certified(run),
    compactEqual: run.certificate && isEqual(run.certificate),
  };
}

function certified({ certificate }: RunHistory): Pick<Figures, 'compactAccuracy' | 'timeSaved64' | 'timeSaved1'> {
  if (certificate === null) return { compactAccuracy: null, timeSaved64: null, timeSaved1: null };
  const saved = (batch: number): number | null => {
    const latency = latencyWithAllThreads(certificate, batch);
    return latency && realSaving(certificate, latency).measured;
  };
  return { compactAccuracy: certificate.accuracy.compact, timeSaved64: saved(64), timeSaved1: saved(1) };
}

function accuracies({ manifest, epochs }: RunHistory): Pick<Figures, 'before' | 'after' | 'test'> {
  const evaluated = epochs.findLast(({ after }) => after !== null) ?? epochs.at(-1);
  return {
    before: evaluated?.before?.accuracy ?? null,
    after: evaluated?.after?.accuracy ?? null,
    test: manifest.summary?.test?.accuracy ?? null,
  };
}

/** Null for networks that are not built alike. */
function networkOverlap(a: PruningRecord, b: PruningRecord): number | null {
  const pairs = commonLayers(a, b);
  const isSameNetwork = pairs.length > 0 && pairs.length === a.layers.length && pairs.length === b.layers.length;
  return isSameNetwork ? networkMaskOverlap(pairs.map(([one, other]) => [one.mask, other.mask])) : null;
}

function commonLayers(a: PruningRecord, b: PruningRecord): [LayerRecord, LayerRecord][] {
  const others = new Map(b.layers.map((layer) => [layer.name, layer]));
  return a.layers.flatMap((layer): [LayerRecord, LayerRecord][] => {
    const other = others.get(layer.name);
    return other?.mask.length === layer.mask.length ? [[layer, other]] : [];
  });
}

/** The network of a narrow baseline is not in its config. */
function keyWithoutSeed({ config, baseline }: RunManifest): string {
  const settings = { ...config, name: '', training: { ...config.training, seed: 0 } };
  return JSON.stringify([settings, baseline?.kind === 'narrow']);
}

import { enginesFolder } from '../../base/cacheFolder';
import type { RunConfig } from '../../config/schema';
import { openBatchLoader, type BatchLoader } from '../../data/batches/batches';
import type { Dataset, DatasetInfo, FileDataset, KnownDatasetInfo } from '../../data/dataset';
import { refuseOthers } from '../../data/own/lookAtOwn';
import { lookAtPictures } from '../../data/own/lookAtPictures';
import { readArrays } from '../../data/own/readArrays';
import type { PictureDataset } from '../../data/pictures/readyPictures';
import type { DatasetProgress, OnProgress } from '../../data/progress';
import { datasetInfo, ensureDataset, openDataset } from '../../data/sets/datasets';
import { countsOf, type DatasetCounts } from '../../data/split';
import type { ResolvedRun } from '../../experiment/resolve';
import type { Place } from '../../runs/control/place';
import { chooseEngine, type ChosenEngine } from '../../engines/choice/choose';
import type { Workload } from '../../engines/workload';

/** What is prepared is told about so often. */
const preparingMilliseconds = 1000;

/** A data set whose images are there: in memory, in a file of the cache, or as pictures on a disk. */
export type ReadyDataset = Dataset | FileDataset | PictureDataset;

/** How engine and data of a run are got ready, for training or to measure what was trained. */
export interface PreparationOptions {
  readonly signal: AbortSignal;
  /** Id of the engine that the run was trained with so far. */
  readonly engineBefore?: string | undefined;
  /** The part of the machine that the queue gives the run; all of it if left out. */
  readonly place?: Place;
  /** The built batch worker; the one beside the running bundle if left out. */
  readonly batchWorkerScript?: string;
  /** Called about once a second while something long is prepared; `fraction` is null while it is not known. */
  readonly onPreparing: (message: string, fraction: number | null) => void;
  /** Something worth a line in the log, as a source of data that failed. */
  readonly onNote: (note: string) => void;
}

/** The engine that a config asks for. To be chosen before the data is fetched, so that one that is not there is told at once. */
export function engineOf(config: RunConfig, workload: Workload, options: PreparationOptions): Promise<ChosenEngine> {
  const { tf32 } = config.engine;
  const threads = config.engine.threads ?? options.place?.threads ?? null;
  const onMeasuring = (title: string): void => {
    options.onPreparing(`measuring which engine is the fastest: ${title}`, null);
  };
  const settings = { threads, tf32, enginesFolder: enginesFolder() };
  const { signal, engineBefore: before, place } = options;
  return chooseEngine(config.engine, settings, workload, { signal, onMeasuring, before, chosen: place?.engine });
}

/**
 * A data set with its images: downloaded where it is not there yet, or read from where the user has them. Throws a UserError when
 * these are others than those that a run began with.
 */
export async function fetchDataset(
  { config, dataset }: ResolvedRun,
  options: PreparationOptions,
): Promise<ReadyDataset> {
  if (!dataset.own) return fetchKnown(datasetInfo(config.data.dataset), options);
  return config.data.arrays === null ? readPictures(config, dataset, options) : readOwn(config, dataset, options);
}

async function readPictures(
  { data }: RunConfig,
  before: DatasetInfo,
  { signal, onPreparing, onNote }: PreparationOptions,
): Promise<PictureDataset> {
  const { path } = before.own!;
  const onPictures = paced((pictures: number, total: number) => {
    onPreparing(`decoding the pictures of ${before.title}`, pictures / total);
  });
  const onWait = (): void => {
    onPreparing(`waiting for another process that decodes the pictures of ${before.title}`, null);
  };
  refuseOthers(await lookAtPictures(path, data), before);
  // Whoever has no pictures does not load the library that decodes them.
  const { readyPictures } = await import('../../data/pictures/readyPictures');
  const { info, dataset, note } = await readyPictures(path, data, { signal, onPictures, onWait });
  refuseOthers(info, before);
  onNote(`${path}: ${info.own!.reading}.`);
  if (note !== null) onNote(note);
  return dataset;
}

/** How many images there are of a data set that is ready, without those that are broken. */
export function readyCounts(info: DatasetInfo, { training, test }: ReadyDataset): DatasetCounts {
  const counts = countsOf(info);
  const brokenOf = (set: ReadyDataset['training']): readonly number[] => ('broken' in set ? set.broken : []);
  return {
    ...counts,
    training: { ...counts.training, broken: brokenOf(training) },
    test: { ...counts.test, broken: brokenOf(test) },
  };
}

async function readOwn(
  { data }: RunConfig,
  before: DatasetInfo,
  { signal, onPreparing, onNote }: PreparationOptions,
): Promise<Dataset> {
  const { path } = before.own!;
  const onImages = paced((images: number, total: number) => {
    onPreparing(`reading ${before.title}`, images / total);
  });
  const { info, dataset } = await readArrays(path, data, { signal, onImages });
  refuseOthers(info, before);
  onNote(`${path}: ${info.own!.reading}.`);
  return dataset;
}

/** Lets through what comes about once a second. */
export function paced<Values extends unknown[]>(tell: (...values: Values) => void): (...values: Values) => void {
  let announced = performance.now();
  return (...values) => {
    if (performance.now() - announced < preparingMilliseconds) return;
    announced = performance.now();
    tell(...values);
  };
}

async function fetchKnown(
  { name, title }: KnownDatasetInfo,
  { signal, onPreparing, onNote }: PreparationOptions,
): Promise<FileDataset> {
  const tell = paced(({ phase, source, bytes, total }: DatasetProgress) => {
    onPreparing(`${title}: ${phase} (${source})`, total === 0 ? null : bytes / total);
  });
  const onProgress: OnProgress = (progress) => {
    if (progress.note !== undefined) onNote(`${title}: ${progress.note}`);
    tell(progress);
  };
  try {
    await ensureDataset(name, { signal, onProgress });
  } catch (error) {
    // However the download puts it, being stopped is no failure.
    signal.throwIfAborted();
    throw error;
  }
  return openDataset(name);
}

/** Makes batches of one part of a data set. */
export function openLoader(
  { shape, mean, std }: ReadyDataset,
  images: ReadyDataset['training'],
  batchSize: number,
  { batchWorkerScript: workerScript }: PreparationOptions,
): BatchLoader {
  return openBatchLoader({ images, shape, mean, std, batchSize, ...(workerScript !== undefined && { workerScript }) });
}

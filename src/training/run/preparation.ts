import { enginesFolder } from '../../base/cacheFolder';
import type { RunConfig } from '../../config/schema';
import { openBatchLoader, type BatchLoader } from '../../data/batches/batches';
import type { Dataset, DatasetInfo, ImageSet } from '../../data/dataset';
import type { OnProgress } from '../../data/progress';
import { ensureDataset, openDataset } from '../../data/sets/datasets';
import { chooseEngine, type ChosenEngine } from '../../engines/choice/choose';
import type { Workload } from '../../engines/workload';

/** What is prepared is told about so often. */
export const preparingMilliseconds = 1000;

/** How engine and data of a run are got ready, for training or to measure what was trained. */
export interface PreparationOptions {
  readonly signal: AbortSignal;
  /** Id of the engine that the run was trained with so far. */
  readonly engineBefore?: string | undefined;
  /** The built batch worker; the one beside the running bundle if left out. */
  readonly batchWorkerScript?: string;
  /** Called about once a second while something long is prepared; `fraction` is null while it is not known. */
  readonly onPreparing: (message: string, fraction: number | null) => void;
  /** Something worth a line in the log, as a source of data that failed. */
  readonly onNote: (note: string) => void;
}

/** The engine that a config asks for. To be chosen before the data is fetched, so that one that is not there is told at once. */
export function engineOf(config: RunConfig, workload: Workload, options: PreparationOptions): Promise<ChosenEngine> {
  const { threads, tf32 } = config.engine;
  const onMeasuring = (title: string): void => {
    options.onPreparing(`measuring which engine is the fastest: ${title}`, null);
  };
  const settings = { threads, tf32, enginesFolder: enginesFolder() };
  const { signal, engineBefore } = options;
  return chooseEngine(config.engine, settings, workload, { signal, onMeasuring, before: engineBefore });
}

/** A data set, downloaded where it is not there yet. */
export async function fetchDataset(
  { name, title }: DatasetInfo,
  { signal, onPreparing, onNote }: PreparationOptions,
): Promise<Dataset> {
  let announced = performance.now();
  const onProgress: OnProgress = ({ phase, source, bytes, total, note }) => {
    if (note !== undefined) onNote(`${title}: ${note}`);
    if (performance.now() - announced < preparingMilliseconds) return;
    announced = performance.now();
    onPreparing(`${title}: ${phase} (${source})`, total === 0 ? null : bytes / total);
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
  { shape, mean, std }: Dataset,
  images: ImageSet,
  batchSize: number,
  { batchWorkerScript: workerScript }: PreparationOptions,
): BatchLoader {
  return openBatchLoader({ images, shape, mean, std, batchSize, ...(workerScript !== undefined && { workerScript }) });
}

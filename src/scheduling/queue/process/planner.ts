import { freemem } from 'node:os';
import { enginesFolder } from '../../../base/cacheFolder';
import { chooseCandidate, type ChosenCandidate } from '../../../engines/choice/choose';
import type { EngineSettings } from '../../../engines/choice/candidates';
import { measurementKey } from '../../../engines/choice/measurements';
import type { Workload } from '../../../engines/workload';
import { readManifest } from '../../../runs/folder/manifest';
import { runNetwork } from '../../../runs/folder/runNetwork';
import { bestSplit, type MeasuredSplit, type SplitTable } from '../split';
import { SplitTables } from '../splitTables';
import { cudaDevices } from './gpus';
import { measureSplits } from './measureSplits';
import type { Circumstances, PlannedNeed, Planner } from './planned';

export interface MeasuringPlannerOptions {
  readonly cores: number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  /** The built measuring program; the one beside the running bundle if left out. */
  readonly measuringScript?: string;
}

/** What decides how a run is trained beside others. */
interface Subject extends ChosenCandidate {
  readonly settings: EngineSettings;
  readonly workload: Workload;
  readonly imageBytes: number;
  /** Of its table. */
  readonly key: string;
}

/**
 * Finds out what runs need: on a GPU a device, on CPUs what was measured to be the fastest way to divide them. What is measured
 * is kept, unless other programs disturbed it; then it counts for this process.
 */
export class MeasuringPlanner implements Planner {
  /** By folder; null while it is being found out. */
  readonly #plans = new Map<string, Subject | PlannedNeed | null>();
  readonly #tables = new Map<string, SplitTable>();
  /** What was chosen of each table. */
  readonly #best = new Map<string, MeasuredSplit>();
  /** Tables that could not be measured. */
  readonly #failed = new Set<string>();
  #isMeasuring = false;

  constructor(private readonly options: MeasuringPlannerOptions) {}

  needOf(folder: string, { isIdle, mayMeasure, tell }: Circumstances): PlannedNeed | null {
    const plan = this.#plans.get(folder);
    if (plan === undefined) {
      this.#plans.set(folder, null);
      void this.#find(folder);
      return null;
    }
    if (plan === null || 'need' in plan) return plan;
    const table = this.#tables.get(plan.key);
    if (table) return this.#needBy(table, plan, isIdle);
    if (!mayMeasure || this.#failed.has(plan.key)) return this.#alone(plan);
    if (isIdle && !this.#isMeasuring) void this.#measure(plan, tell);
    return null;
  }

  forget(folder: string): void {
    this.#plans.delete(folder);
  }

  async #find(folder: string): Promise<void> {
    const plan = await this.#planFor(folder).catch((error: unknown) => {
      this.options.log(`${folder} is trained alone: ${error instanceof Error ? error.message : String(error)}`);
      return this.#alone();
    });
    // It may have left the queue meanwhile.
    if (this.#plans.has(folder)) this.#plans.set(folder, plan);
  }

  /** What is wrong with a run its trainer tells. */
  #alone(subject?: Subject): PlannedNeed {
    const need = { kind: 'cpu', atOnce: 1, threads: subject?.settings.threads ?? this.options.cores } as const;
    return { need, engine: subject && engineFor(subject) };
  }

  async #planFor(folder: string): Promise<Subject | PlannedNeed> {
    const { signal } = this.options;
    const manifest = await readManifest(folder);
    const { config, graph, dataset } = await runNetwork(folder, manifest);
    const { batchSize, optimizer } = config.training;
    const { threads, tf32 } = config.engine;
    const settings = { threads, tf32, enginesFolder: enginesFolder() };
    const workload = { graph, batchSize, optimizer };
    const chosen = await chooseCandidate(config.engine, settings, workload, { signal, before: manifest.engine?.id });
    const { candidate } = chosen;
    if (candidate.device === 'gpu') {
      const devices = candidate.name === 'tensorflow' ? await cudaDevices() : [null];
      return { need: { kind: 'gpu', devices }, engine: engineFor(chosen) };
    }
    const key = measurementKey(candidate, settings, workload);
    const kept = (await SplitTables.open(settings.enginesFolder)).get(key);
    // A table of fewer cores is of a machine that was divided otherwise, as by a container.
    if (kept?.cores === this.options.cores) this.#tables.set(key, kept);
    const { channels, height, width } = dataset.shape;
    // Arrays of the user's own are in the memory of each process; all others share what they read of the cache.
    const pixelBytes = config.data.arrays === null ? 0 : dataset.own?.pixels === 'floats' ? 4 : 1;
    const imageBytes = (dataset.trainingCount + dataset.testCount) * channels * height * width * pixelBytes;
    return { ...chosen, settings, workload, key, imageBytes };
  }

  async #measure(
    { candidate, settings, workload, key, imageBytes }: Subject,
    tell: Circumstances['tell'],
  ): Promise<void> {
    const { cores, log, signal, measuringScript: script } = this.options;
    this.#isMeasuring = true;
    const { title } = candidate;
    const about = { title, network: workload.graph.name, batchSize: workload.batchSize, cores };
    try {
      const { splits, disturbed } = await measureSplits(
        { id: candidate.id, settings, workload, cores, imageBytes },
        {
          ...{ signal, freeBytes, ...(script !== undefined && { script }) },
          onMeasuring: ({ runs, threads }) => {
            const what = `measuring ${about.network} at batches of ${about.batchSize}: runs at once ${runs}, threads each ${threads}`;
            log(what);
            tell(what);
          },
        },
      );
      const table = { ...about, splits, measured: new Date().toISOString() };
      this.#tables.set(key, table);
      if (disturbed) log('This was measured while the machine was busy, so it will be measured again another time.');
      else await (await SplitTables.open(settings.enginesFolder)).add(key, table);
    } catch (error) {
      if (signal.aborted) return;
      log(
        `Nothing could be measured, so runs are trained one after another: ${error instanceof Error ? error.message : String(error)}`,
      );
      this.#failed.add(key);
    } finally {
      this.#isMeasuring = false;
    }
  }

  /** What fits into memory is decided while nothing trains, as runs that do have taken theirs. */
  #needBy({ splits }: SplitTable, subject: Subject, isIdle: boolean): PlannedNeed | null {
    const { key, imageBytes } = subject;
    const best = (isIdle ? undefined : this.#best.get(key)) ?? bestSplit(splits, freeBytes(), imageBytes);
    this.#best.set(key, best);
    return { need: { kind: 'cpu', atOnce: best.runs, threads: best.threads }, engine: engineFor(subject) };
  }
}

function engineFor({ candidate, reason }: ChosenCandidate): PlannedNeed['engine'] {
  return { id: candidate.id, reason: reason.slice(0, 2000) };
}

/** What this process could have, as far as the system tells. */
function freeBytes(): number {
  return Math.min(freemem(), process.availableMemory());
}

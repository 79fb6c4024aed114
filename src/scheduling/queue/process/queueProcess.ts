import { getPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { mapInTurns } from '../../../base/turns';
import type { Outcome } from '../../../runs/control/exitCodes';
import { placeEnvironment, type Place } from '../../../runs/control/place';
import { makeReady } from '../../../runs/control/resume';
import { isStopRequested } from '../../../runs/control/stopRequest';
import { startTrainer } from '../../../runs/control/trainerProcess';
import { announceWaiting, concludeKilledRun, stopWaitingRun, tellWaiting } from '../../../runs/control/waitingRun';
import { readManifest } from '../../../runs/folder/manifest';
import { readShown } from '../../../runs/folder/status';
import { lockState, RunLock, usualPace } from '../../../runs/lock/runLock';
import { withEnded, withPause, type Queue } from '../queue';
import { DamagedQueue, editQueue, readQueue } from '../queueFile';
import { fullDisk } from './fullDisk';
import { placeFor, type Taken } from './place';
import type { Planner } from './planned';

export interface QueueProcessOptions {
  /** Of the queue; its lock is held by this process. */
  readonly folder: string;
  readonly lock: RunLock;
  readonly trainerScript: string;
  readonly cores: number;
  readonly planner: Planner;
  /** A line of the queue's log. */
  readonly log: (line: string) => void;
  readonly lookMilliseconds?: number;
}

/** A run that trains: started by this process, or by another one that has gone. */
interface Training extends Taken {
  /** Of one that this process has started: how it ended, once it has. */
  ended: number | string | null;
  readonly isOwn: boolean;
}

const usualLook = 500;
/** More at once would only take memory. */
const atOnce = 8;
/** Hundreds may wait; a holder may be silent for 90 seconds. */
const waitingPace = { ...usualPace, beatMilliseconds: 20_000 };

/**
 * Trains the runs of this machine's queue, each in a process of its own, until none is left: starts those that wait in their
 * order, as many at once as pays, and holds their locks until then. What the user wants it reads from the queue's file and the
 * requests to stop in the run folders, twice a second. Whoever goes on after it was killed finds the runs that train by their
 * locks, and lets those go on that were lost with the machine.
 */
export class QueueProcess {
  readonly #waiting = new Map<string, RunLock>();
  /** Waiting runs that say so in their folder. */
  readonly #announced = new Set<string>();
  readonly #training = new Map<string, Training>();
  readonly #ended = new Map<string, 'done' | 'retriable'>();
  /** As it was read last; what goes on where the file is damaged. */
  #queue: Queue | null = null;
  /** A sentence, where the queue has to pause and could not write that down yet. */
  #pause: string | null = null;
  #problem = '';
  #wakeUp = new AbortController();

  constructor(private readonly options: QueueProcessOptions) {}

  /** Settles when nothing is left to train, or `signal` ends it; then runs that train go on, and the others wait for another process. */
  async run(signal: AbortSignal): Promise<void> {
    const { lookMilliseconds = usualLook } = this.options;
    signal.addEventListener('abort', () => {
      this.#wakeUp.abort();
    });
    for (;;) {
      await this.#look().catch((error: unknown) => {
        this.#tellProblem(error);
      });
      if (signal.aborted || this.options.lock.lost.aborted) break;
      if (this.#isIdle && (await this.#end())) return;
      this.#wakeUp = new AbortController();
      await sleep(lookMilliseconds, undefined, { signal: this.#wakeUp.signal }).catch(() => undefined);
    }
    await Promise.all([...this.#waiting.values()].map((lock) => lock.release()));
    await this.options.lock.release();
  }

  get #isIdle(): boolean {
    return this.#waiting.size + this.#training.size + this.#ended.size === 0;
  }

  async #look(): Promise<void> {
    const queue = await this.#read();
    await this.#takeUp(queue);
    await this.#obeyStops(queue);
    for (const [folder, run] of this.#training) await this.#watch(folder, run);
    await this.#startNext(queue);
    await this.#announce();
    await this.#writeEnds();
    this.#problem = '';
  }

  async #read(): Promise<Queue> {
    try {
      this.#queue = await readQueue(this.options.folder);
    } catch (error) {
      if (!(error instanceof DamagedQueue)) throw error;
      const { queue, note } = await editQueue(this.options.folder, (it) => it, this.#queue ?? undefined);
      if (note !== null) this.options.log(note);
      this.#queue = queue;
    }
    return this.#queue;
  }

  /** Takes the locks of runs that were added, and finds out what those do that this process does not know yet. */
  async #takeUp({ runs }: Queue): Promise<void> {
    const unknown = runs.filter(
      ({ folder }) => !this.#waiting.has(folder) && !this.#training.has(folder) && !this.#ended.has(folder),
    );
    await mapInTurns(unknown, atOnce, async ({ folder }) => {
      await this.#takeUpRun(folder).catch((error: unknown) => {
        this.options.log(`${folder} leaves the queue: ${textOf(error)}`);
        this.#ended.set(folder, 'done');
      });
    });
  }

  async #takeUpRun(folder: string): Promise<void> {
    const state = await lockState(folder);
    const isOffered = state.kind === 'held' && state.holder?.offered !== undefined;
    if (state.kind === 'held' && !isOffered) {
      await this.#adopt(folder);
      return;
    }
    const lock = await RunLock.take(folder, waitingPace, true);
    try {
      const { status } = await readManifest(folder);
      const isAsked = await isStopRequested(folder);
      // A machine that is shut down stops its trainers with a signal; whoever stops a run leaves a request in its folder.
      const wasLost = status === 'running' || (status === 'stopped' && !isAsked);
      if (wasLost && !isAsked) {
        this.options.log(`${folder} was broken off, and goes on.`);
        await makeReady(folder, lock);
      }
      if (wasLost || status === 'created') this.#waiting.set(folder, lock);
      else this.#setEnded(folder, status);
    } finally {
      if (!this.#waiting.has(folder)) await lock.release();
    }
  }

  /** A run that another process trains, such as one that was started by a queue's process which was killed. */
  async #adopt(folder: string): Promise<void> {
    const { engine } = await readManifest(folder);
    const threads = engine?.threads ?? this.options.cores;
    this.options.log(`${folder} is being trained already.`);
    this.#training.set(folder, { threads, device: null, onGpu: false, ended: null, isOwn: false });
  }

  /** Waiting runs that are asked to stop, or were taken out of the queue's file, end at once. */
  async #obeyStops({ runs }: Queue): Promise<void> {
    const folders = new Set(runs.map(({ folder }) => folder));
    for (const [folder, lock] of this.#waiting) {
      if (folders.has(folder) && !(await isStopRequested(folder))) {
        if (lock.lost.aborted) await this.#leave(folder, textOf(lock.lost.reason));
        continue;
      }
      this.#forget(folder);
      await stopWaitingRun(folder, lock).then(
        () => this.#ended.set(folder, 'retriable'),
        (error: unknown) => {
          this.options.log(`${folder} leaves the queue: ${textOf(error)}`);
          this.#ended.set(folder, 'done');
        },
      );
      await lock.release();
    }
  }

  async #leave(folder: string, why: string): Promise<void> {
    this.options.log(`${folder} leaves the queue: ${why}`);
    const lock = this.#waiting.get(folder);
    this.#forget(folder);
    this.#ended.set(folder, 'done');
    await lock?.release();
  }

  #forget(folder: string): void {
    this.#waiting.delete(folder);
    this.#announced.delete(folder);
    this.options.planner.forget(folder);
  }

  async #watch(folder: string, run: Training): Promise<void> {
    if (run.isOwn && run.ended === null) return;
    try {
      const { status } = await readShown(folder);
      if (status === 'running' || status === 'created') {
        // Somebody else trains it now.
        this.#training.set(folder, { ...run, isOwn: false });
        return;
      }
      this.#training.delete(folder);
      await this.#conclude(folder, status === 'lost' ? await concludeKilledRun(folder, endOf(run)) : status);
    } catch (error) {
      this.#training.delete(folder);
      this.#ended.set(folder, 'done');
      this.options.log(`${folder} leaves the queue: ${textOf(error)}`);
    }
  }

  async #conclude(folder: string, outcome: Outcome): Promise<void> {
    this.options.log(`${folder} has ended: ${outcome}.`);
    if (outcome === 'failed') await this.#lookAtDisk(folder);
    this.#setEnded(folder, outcome);
  }

  #setEnded(folder: string, outcome: Outcome): void {
    this.#ended.set(folder, outcome === 'finished' ? 'done' : 'retriable');
  }

  /** A disk that is full would fail one run after another. */
  async #lookAtDisk(folder: string): Promise<void> {
    this.#pause ??= await fullDisk(folder);
    if (this.#pause !== null) this.options.log(this.#pause);
  }

  async #startNext({ runs, paused, slots }: Queue): Promise<void> {
    for (const { folder, niceness } of runs) {
      if (paused !== null || this.#pause !== null) return;
      if (!this.#waiting.has(folder)) continue;
      const place = await this.#placeOf(folder, slots);
      if (place === null) return;
      await this.#start(folder, niceness, place);
    }
  }

  /** Null where the run has to wait, and those behind it too. */
  async #placeOf(folder: string, slots: Queue['slots']): Promise<(Taken & Place & { readonly told: boolean }) | null> {
    const { planner, cores } = this.options;
    const taken = [...this.#training.values()];
    const isAlone = this.#waiting.size === 1 && taken.length === 0;
    // On the same machine a run that goes on is to give the same bits, which may depend on the number of threads.
    const { engine: before } = await readManifest(folder);
    const threads = before?.threads;
    if (isAlone && slots === null)
      return { threads: threads ?? cores, device: null, onGpu: false, told: threads !== undefined };
    const planned = planner.needOf(folder, {
      isIdle: taken.length === 0,
      mayMeasure: slots === null,
      tell: (message) => void this.#tell(folder, message),
    });
    if (planned === null) return null;
    const { need, engine } = planned;
    const wanted = need.kind === 'cpu' && threads !== undefined ? { ...need, threads } : need;
    const place = placeFor(wanted, { cores, taken, slots });
    return place && { ...place, threads: threads ?? place.threads, engine, told: true };
  }

  async #start(folder: string, niceness: number, place: Taken & Place & { readonly told: boolean }): Promise<void> {
    const lock = this.#waiting.get(folder)!;
    this.#forget(folder);
    const { threads, device, onGpu, engine, told } = place;
    const env = {
      ...placeEnvironment({ ...(told && !onGpu && { threads }), ...(engine && { engine }) }),
      ...(device !== null && { CUDA_VISIBLE_DEVICES: device }),
    };
    const { trainerScript } = this.options;
    const nicer = Math.max(0, niceness - getPriority());
    const training: Training = { threads, device, onGpu, ended: null, isOwn: true };
    try {
      const start = { folder, node: process.execPath, trainerScript, env, lock, niceness: nicer };
      const { pid, ended } = await startTrainer(start);
      this.options.log(
        `${folder} is trained by process ${pid}, ${onGpu ? `on GPU ${device ?? ''}` : `threads: ${threads}`}.`,
      );
      this.#training.set(folder, training);
      void ended.then((how) => {
        training.ended = how;
        this.#wakeUp.abort();
      });
    } catch (error) {
      this.options.log(`${folder} could not be started: ${textOf(error)}`);
      await this.#lookAtDisk(folder);
      this.#ended.set(folder, 'retriable');
    }
  }

  async #tell(folder: string, message: string): Promise<void> {
    const lock = this.#waiting.get(folder);
    // It is said for those who follow the run; where it cannot be, the run goes on.
    if (lock) await tellWaiting(folder, lock, message).catch(() => undefined);
  }

  /** Those that were not started at once say who keeps them waiting. */
  async #announce(): Promise<void> {
    const silent = [...this.#waiting].filter(([folder]) => !this.#announced.has(folder));
    await mapInTurns(silent, atOnce, async ([folder, lock]) => {
      this.#announced.add(folder);
      await announceWaiting(folder, lock).catch((error: unknown) => this.#leave(folder, textOf(error)));
    });
  }

  /** Takes runs that have ended out of the file; what cannot be written now is written later. */
  async #writeEnds(): Promise<void> {
    if (this.#ended.size === 0 && this.#pause === null) return;
    const ended = new Map(this.#ended);
    const why = this.#pause;
    await editQueue(this.options.folder, (queue) => {
      const without = withEnded(queue, ended);
      return why === null ? without : withPause(without, why);
    });
    for (const folder of ended.keys()) this.#ended.delete(folder);
    this.#pause = null;
  }

  /** Gives the queue's lock back while nobody adds a run, so that who adds one finds this process or starts another. */
  async #end(): Promise<boolean> {
    try {
      const { queue } = await editQueue(this.options.folder, async (it) => {
        if (it.runs.length === 0) await this.options.lock.release();
        return it;
      });
      return queue.runs.length === 0;
    } catch (error) {
      this.#tellProblem(error);
      return false;
    }
  }

  /** Once, however often it comes again. */
  #tellProblem(error: unknown): void {
    const problem = textOf(error);
    if (problem !== this.#problem) this.options.log(problem);
    this.#problem = problem;
  }
}

function endOf({ ended }: Training): string {
  return typeof ended === 'number' ? `exit code ${ended}` : (ended ?? 'nobody saw how');
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

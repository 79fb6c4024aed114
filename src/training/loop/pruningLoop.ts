import type { CompiledNetwork, Importance } from '../../engines/engine';
import type { NetworkState } from '../../network/state';
import { zeroFilterMasks } from '../../pruning/held';
import { lastFilterSentence, poolsOfOneGroup } from '../../pruning/lastFilters';
import { prunedGroups, type Masks } from '../../pruning/select';
import { maskedSavings, type Savings } from '../../pruning/savings';
import { isBest } from '../../runs/checkpoints/bestCheckpoint';
import type { CheckpointContent, Checkpoints } from '../../runs/checkpoints/checkpoints';
import { noSteps, type EpochTotals } from '../../runs/checkpoints/partialEpoch';
import type { Evaluation, RunManifest } from '../../runs/model/format';
import { checkEvaluation, LossWatch } from './divergence';
import { evaluate } from './evaluate';
import { FilterPruner, type PrunedFilters } from './filterPruner';
import { imageOrder } from './imageOrder';
import { learningRateOf } from './learningRate';
import { EvaluationPace, Pace, secondsLeft } from './pace';
import { evaluationOf, trainEpoch } from './trainEpoch';
import type { TrainingJournal } from './trainingJournal';
import { isPrunedAtEnd, type ResumePoint, type TrainingPosition } from './trainingPosition';
import type { TrainingSetup } from './trainingSetup';

const progressMilliseconds = 1000;

export type Summary = NonNullable<RunManifest['summary']>;

const beginning: TrainingPosition = { epoch: 0, trained: noSteps, pruned: false, prunedAtEnd: false };

/** What a run starts with that does not go on. */
const anew: Pick<ResumePoint, 'seconds' | 'lastPruning' | 'best' | 'share' | 'position'> = {
  seconds: 0,
  lastPruning: [],
  best: null,
  share: 0,
  position: beginning,
};

/**
 * Training with pruning, from initial weights to the evaluation on the test images: prune when the schedule says so, and for
 * every epoch train, evaluate, prune, evaluate (He et al., IJCAI 2018, algorithm 1).
 * From a resume point it goes on as if it had never stopped: everything random follows from seed, epoch and position.
 * The checkpoint that is best on the validation part after its pruning is tested, once; without a validation part the last.
 */
export class PruningLoop {
  readonly #begin: number;
  readonly #pace = new Pace();
  readonly #evaluationPace = new EvaluationPace();
  readonly #watch: LossWatch;
  readonly #pruner: FilterPruner;
  /** The dense network, or the compact one while masks are held for which it is the same training. */
  #network: CompiledNetwork;
  #best: ResumePoint['best'];
  /** Pools of which it was told that one group is left. */
  readonly #lastFilters = new Set<string>();
  /** What was told last of why the whole network is trained while masks are held; undefined before that. */
  #whyWhole: string | null | undefined;
  /** Share of the final rate at the newest pruning. */
  #share: number;
  #savings: Savings;
  /** Where the network is, for the checkpoint of a stopped run. */
  #position: TrainingPosition;
  /** Whether there is a checkpoint of this position. */
  #saved: boolean;

  constructor(
    private readonly setup: TrainingSetup,
    private readonly journal: TrainingJournal,
    private readonly checkpoints: Checkpoints,
    private readonly signal: AbortSignal,
    private readonly resumed: ResumePoint | null = null,
    /** What is done with the network that was tested, before the run says that it is finished. */
    private readonly conclude: (epoch: number) => Promise<void> = () => Promise.resolve(),
  ) {
    const { seconds, lastPruning, best, share, position } = resumed ?? anew;
    this.#begin = performance.now() - 1000 * seconds;
    this.#watch = new LossWatch(setup.classes);
    this.#pruner = new FilterPruner(setup.pruning, lastPruning);
    this.#network = setup.network;
    this.#savings = this.#pruner.masks.size > 0 ? this.#savingsOf(this.#pruner.masks) : setup.forecast;
    this.#best = best;
    this.#share = share;
    this.#position = position;
    this.#saved = resumed !== null;
  }

  /** Runs to the end. Throws the reason of the signal when it is aborted, and a UserError when training diverges. */
  async run(): Promise<Summary> {
    await this.#announce();
    if (this.resumed === null) await this.checkpoints.saveInitial(await this.#network.readState());
    else await this.#takeUp(this.resumed);
    if (this.#isBeginning) await this.#pruneAfter(-1);
    while (this.#position.epoch < this.#epochs) await this.#runEpoch(this.#position.epoch);
    return this.#finish();
  }

  /** Frees what the loop has made beside its setup. */
  async dispose(): Promise<void> {
    if (this.#network !== this.setup.network) await this.#network.dispose();
  }

  /** Saves where a stopped run is, and says so. */
  async stop(message: string): Promise<Summary> {
    const { epoch, pruned, trained, before, prunedAtEnd } = this.#position;
    const partial = { trained, before, prunedAtEnd };
    if (!this.#saved) await this.#save({ epoch, step: trained.steps, partial, pruned, validation: null, best: false });
    const isBetweenEpochs = this.#saved && trained.steps === 0;
    await this.journal.event({ type: 'stopped', epoch: isBetweenEpochs ? epoch - 1 : epoch, message });
    return this.#summary(epoch, null);
  }

  /** Before the first pruning. */
  get #isBeginning(): boolean {
    const { epoch, trained, pruned } = this.#position;
    return epoch === 0 && trained.steps === 0 && !pruned;
  }

  get #epochs(): number {
    return this.setup.config.training.epochs;
  }

  async #announce(): Promise<void> {
    const { engine, split, pruning, forecast, stepsPerEpoch } = this.setup;
    await this.journal.event({
      type: 'started',
      engine: engine.name,
      device: engine.device,
      epochs: this.#epochs,
      stepsPerEpoch,
      images: { training: split.training.length, validation: split.validation.length, test: split.test.length },
      layers: pruning.prunable.layers.map(({ name, filters }) => ({ name, filters })),
      multiplyAdds: forecast.multiplyAdds,
      ...(this.resumed && { from: { epoch: this.#position.epoch, step: this.#position.trained.steps } }),
    });
    for (const message of this.setup.warnings) await this.journal.event({ type: 'warning', message });
    await this.#tellLastFilters(this.setup.lastFilters);
  }

  /** What a checkpoint holds beside the state that the network already has. */
  async #takeUp({ importance, state }: ResumePoint): Promise<void> {
    if (importance !== null) await this.#network.writeImportance(importance);
    if (!this.#position.pruned || !this.#holds(this.#position.epoch)) return;
    if (this.#pruner.masks.size === 0) this.#pruner.adopt(this.#zeroFilters(state));
    await this.#hold(this.#position.epoch);
  }

  async #runEpoch(epoch: number): Promise<void> {
    const begin = performance.now() - 1000 * this.#position.trained.seconds;
    const learningRate = learningRateOf(this.setup.config.training, epoch);
    const trained = await this.#train(epoch, learningRate);
    const before = this.#position.before ?? (await this.#validate(epoch, learningRate));
    this.#move({ before });
    const after = await this.#pruneAndValidate(epoch, learningRate, before);
    await this.journal.event({
      type: 'epoch',
      epoch,
      learningRate,
      training: evaluationOf(trained),
      before,
      after,
      seconds: (performance.now() - begin) / 1000,
      imagesPerSecond: trained.images / trained.seconds,
      ...(epoch === 0 && { firstLosses: [...trained.firstLosses] }),
    });
    const { pruned } = this.#position;
    const validation = after ?? before;
    const best = isBest({ epoch, pruned, share: this.#share, validation }, this.#best, this.setup.config);
    if (best) this.#best = { epoch, validation };
    await this.#save({ epoch, step: null, pruned, validation, best });
    this.#position = { ...beginning, epoch: epoch + 1, pruned };
    this.#saved = true;
  }

  /** The network is no longer where the last checkpoint has it. */
  #move(moved: Partial<TrainingPosition>): void {
    this.#position = { ...this.#position, ...moved };
    this.#saved = false;
  }

  /**
   * The evaluation on the validation part after the epoch's pruning; null where nothing is pruned, or without a validation
   * part. Where pruning changed nothing, as with masks that were held, it is the one before.
   */
  async #pruneAndValidate(epoch: number, learningRate: number, before: Evaluation | null): Promise<Evaluation | null> {
    const held = this.#position.pruned && this.#holds(epoch);
    if (!this.setup.schedule.pruningAfter(epoch)) return held ? before : null;
    const masks = this.#pruner.masks;
    if (!isPrunedAtEnd(this.#position)) await this.#pruneAfter(epoch);
    const isUnchanged = held && haveSameFilters(masks, this.#pruner.masks);
    return isUnchanged || prunesNothing(this.#pruner.masks) ? before : this.#validate(epoch, learningRate);
  }

  async #train(epoch: number, learningRate: number): Promise<EpochTotals> {
    const { split, trainingLoader, config, stepsPerEpoch } = this.setup;
    const { seed, batchSize } = config.training;
    const { trained: done } = this.#position;
    const held = this.#position.pruned && this.#holds(epoch);
    const batches = trainingLoader.epoch(imageOrder(split.training, config, epoch), {
      from: done.steps * batchSize,
      augment: config.data.augment === 'none' ? null : { seed, epoch },
      dropLast: true,
    });
    let lastProgress = performance.now();
    let losses: number[] = [];
    this.#pace.begin(lastProgress);
    const onStep = (trained: EpochTotals, loss: number): void => {
      const { steps: step } = trained;
      const now = performance.now();
      this.#move({ trained, pruned: held });
      this.#pace.step(batchSize, now);
      losses.push(loss);
      if (now - lastProgress < progressMilliseconds && step < stepsPerEpoch) return;
      lastProgress = now;
      this.#progress(epoch, step, losses.reduce((sum, value) => sum + value, 0) / losses.length);
      losses = [];
    };
    const { signal } = this;
    const firstStep = epoch * stepsPerEpoch;
    const watch = this.#watch;
    return trainEpoch(this.#network, batches, { epoch, firstStep, learningRate, done, watch, signal, onStep });
  }

  #progress(epoch: number, step: number, loss: number): void {
    const { config, stepsPerEpoch, split } = this.setup;
    const imagesPerSecond = this.#pace.imagesPerSecond();
    const stepsLeft = (this.#epochs - epoch) * stepsPerEpoch - step;
    const work = {
      trainingImages: stepsLeft * config.training.batchSize,
      evaluationImages: this.#evaluationsLeft(epoch) * split.validation.length + split.test.length,
    };
    this.journal.progress({
      type: 'progress',
      epoch,
      step,
      loss,
      imagesPerSecond,
      secondsLeft: secondsLeft(work, imagesPerSecond, this.#evaluationPace),
    });
  }

  /** Evaluations on the validation part from the end of `epoch` on. */
  #evaluationsLeft(epoch: number): number {
    let evaluations = 0;
    for (let later = epoch; later < this.#epochs; later++)
      evaluations += this.setup.schedule.pruningAfter(later) && !this.#holds(later) ? 2 : 1;
    return evaluations;
  }

  /** Whether pruned filters stay zero in an epoch. */
  #holds(epoch: number): boolean {
    return this.setup.schedule.holds(epoch);
  }

  /** Carries out the pruning after an epoch, where there is one. */
  async #pruneAfter(epoch: number): Promise<void> {
    const scheduled = this.setup.schedule.pruningAfter(epoch);
    if (scheduled === null) return;
    const state = await this.#network.readState();
    const importance = await this.#importance();
    const before = this.#pruner.masks;
    const holds = this.#holds(epoch + 1);
    const pruned = this.#pruner.prune(
      state.parameters,
      { ...scheduled, epoch, final: holds || epoch === this.#epochs - 1 },
      importance,
    );
    if (!haveSameFilters(before, this.#pruner.masks)) await this.#leaveCompact();
    await this.#network.writeState(state);
    if (importance !== null) await this.#network.writeImportance(cleared(importance));
    if (holds) await this.#hold(epoch + 1);
    this.#share = scheduled.share;
    this.#savings = this.#savingsOf(this.#pruner.masks);
    this.#move({ pruned: true, ...(epoch >= 0 && { prunedAtEnd: true }) });
    await this.#tellPruning(epoch, pruned);
    const { pools } = this.setup.pruning.prunable;
    const kept = pools.map((pool) => pool.groups.length - prunedGroups(pool, this.#pruner.masks));
    await this.#tellLastFilters(poolsOfOneGroup(pools, kept));
  }

  /** Each pool once; which ones a ranking over all layers comes to is known only when it has pruned. */
  async #tellLastFilters(pools: readonly string[]): Promise<void> {
    const untold = pools.filter((pool) => !this.#lastFilters.has(pool));
    if (untold.length === 0) return;
    for (const pool of untold) this.#lastFilters.add(pool);
    await this.journal.event({ type: 'warning', message: lastFilterSentence(untold) });
  }

  /** From the start of an epoch on pruned filters stay zero: where that is the same training, what is left of the network is trained alone. */
  async #hold(epoch: number): Promise<void> {
    const { heldRows } = this.#pruner;
    await this.#network.hold(heldRows);
    if (heldRows.size === 0 || this.#network !== this.setup.network) return;
    const compact = await this.setup.compactTraining(await this.#network.readState());
    if ('network' in compact) {
      const importance = await this.#importance();
      this.#network = compact.network;
      if (importance !== null) await this.#network.writeImportance(importance);
    }
    await this.#tellHeld(epoch, 'network' in compact ? null : compact.whyNot);
  }

  /** Once: a schedule that prunes on holds the masks anew after every pruning, most of the time for the same reason. */
  async #tellHeld(epoch: number, whyWhole: string | null): Promise<void> {
    if (whyWhole === this.#whyWhole || epoch >= this.#epochs) return;
    // A run that goes on holds masks that it has held before.
    const since = this.#whyWhole === undefined ? this.#heldSince(epoch) : epoch;
    this.#whyWhole = whyWhole;
    await this.journal.event({ type: 'held', epoch: since, whyWhole });
  }

  /** The first of the epochs up to this one through which the masks are held. */
  #heldSince(epoch: number): number {
    return epoch > 0 && this.#holds(epoch - 1) ? this.#heldSince(epoch - 1) : epoch;
  }

  /** Ends what holding began: the dense network has the state, and nothing is held. */
  async #letGo(): Promise<void> {
    if (!this.#holds(this.#epochs - 1)) return;
    const state = await this.#network.readState();
    await this.#leaveCompact();
    await this.#network.hold(new Map());
    await this.#network.writeState(state);
  }

  /** Goes back to the dense network, without what the compact one has learned: that is in the state that was read from it. */
  async #leaveCompact(): Promise<void> {
    if (this.#network === this.setup.network) return;
    await this.#network.dispose();
    this.#network = this.setup.network;
    await this.#network.hold(new Map());
  }

  async #importance(): Promise<Importance | null> {
    return this.setup.needsImportance ? this.#network.readImportance() : null;
  }

  async #tellPruning(epoch: number, { records, layers }: PrunedFilters): Promise<void> {
    const record = await this.journal.record({ epoch, layers: records });
    const rate = this.setup.config.pruning.rate * this.#share;
    await this.journal.event({ type: 'pruned', epoch, record, rate, layers, ...this.#savings });
  }

  #zeroFilters({ parameters }: NetworkState): Masks {
    return zeroFilterMasks(this.setup.pruning.prunable.layers, parameters);
  }

  #savingsOf(masks: Masks): Savings {
    return maskedSavings(this.setup.graph, masks, this.setup.forecast.multiplyAdds.paper);
  }

  async #validate(epoch: number, learningRate: number): Promise<Evaluation | null> {
    const { split, trainingLoader, stepsPerEpoch } = this.setup;
    if (split.validation.length === 0) return null;
    const evaluation = await this.#evaluate(trainingLoader, split.validation);
    checkEvaluation(evaluation.loss, { epoch, step: stepsPerEpoch, learningRate });
    return evaluation;
  }

  async #evaluate(loader: TrainingSetup['testLoader'], images: Uint32Array): Promise<Evaluation> {
    const begin = performance.now();
    const evaluation = await evaluate(this.#network, loader.epoch(images), this.signal);
    this.#evaluationPace.add(images.length, (performance.now() - begin) / 1000);
    return evaluation;
  }

  async #save(content: Omit<CheckpointContent, 'state' | 'share' | 'importance'>): Promise<void> {
    const { epoch, best } = content;
    // Who goes on from a checkpoint tells nothing of the time before again.
    await this.journal.keep();
    const state = await this.#network.readState();
    const importance = await this.#importance();
    const folder = await this.checkpoints.save({ ...content, share: this.#share, importance, state });
    await this.journal.event({ type: 'checkpoint', epoch, folder, best });
  }

  async #finish(): Promise<Summary> {
    const { split, testLoader } = this.setup;
    await this.#letGo();
    const best = this.#best?.epoch ?? this.#epochs - 1;
    const state = best === this.#epochs - 1 ? await this.#network.readState() : await this.#toBest(best);
    // Beside the filters of the masks there may be some that were pruned before and have died: they are left out as well.
    this.#savings = this.#savingsOf(this.#zeroFilters(state));
    const test = await this.#evaluate(testLoader, split.test);
    await this.checkpoints.removeUnusable();
    await this.conclude(best);
    const summary = this.#summary(this.#epochs, test);
    const { multiplyAdds } = this.#savings;
    await this.journal.event({ type: 'finished', test, multiplyAdds, seconds: summary.seconds });
    return summary;
  }

  /** Gives the network the state of the best checkpoint, which is of this epoch. */
  async #toBest(epoch: number): Promise<NetworkState> {
    await this.journal.log(`Testing the checkpoint of epoch ${epoch}, the best on the validation part.`);
    const { state } = await this.checkpoints.readBest();
    await this.#network.writeState(state);
    return state;
  }

  #summary(epochs: number, test: Evaluation | null): Summary {
    return {
      epochs,
      validation: this.#best?.validation ?? null,
      test,
      multiplyAdds: this.#savings.multiplyAdds,
      seconds: (performance.now() - this.#begin) / 1000,
    };
  }
}

function prunesNothing(masks: Masks): boolean {
  return [...masks.values()].every((mask) => !mask.includes(0));
}

function haveSameFilters(before: Masks, now: Masks): boolean {
  return [...now].every(([name, mask]) => mask.every((kept, filter) => before.get(name)?.[filter] === kept));
}

function cleared({ rows }: Importance): Importance {
  return { steps: 0, rows: new Map([...rows].map(([name, sums]) => [name, sums.map(() => 0)])) };
}

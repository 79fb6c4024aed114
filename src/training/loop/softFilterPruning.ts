import { schedules } from '../../pruning/schedules';
import { permutation, randomStream } from '../../base/random';
import type { Evaluation, RunManifest } from '../../runs/model/format';
import { isBest } from '../../runs/checkpoints/bestCheckpoint';
import type { CheckpointContent, Checkpoints } from '../../runs/checkpoints/checkpoints';
import { noSteps, type EpochTotals } from '../../runs/checkpoints/partialEpoch';
import { checkEvaluation, LossWatch } from './divergence';
import { evaluate } from './evaluate';
import { learningRateOf } from './learningRate';
import { EvaluationPace, Pace, secondsLeft } from './pace';
import { isPrunedAtEnd, type ResumePoint, type TrainingPosition } from './trainingPosition';
import { SoftPruner, type SoftPruning } from './softPruner';
import { evaluationOf, trainEpoch } from './trainEpoch';
import type { TrainingJournal } from './trainingJournal';
import type { TrainingSetup } from './trainingSetup';

const progressMilliseconds = 1000;

export type Summary = NonNullable<RunManifest['summary']>;

const beginning: TrainingPosition = { epoch: 0, trained: noSteps, pruned: false };

/**
 * The algorithm, from initial weights to the evaluation on the test images: prune, then for every epoch train, evaluate,
 * prune, evaluate.
 * From a resume point it goes on as if it had never stopped: everything random follows from seed, epoch and position.
 * The checkpoint that is best on the validation part after its pruning is tested, once; without a validation part the last.
 */
export class SoftFilterPruning {
  readonly #begin: number;
  readonly #pace = new Pace();
  readonly #evaluationPace = new EvaluationPace();
  readonly #watch: LossWatch;
  readonly #pruner: SoftPruner;
  #best: ResumePoint['best'];
  /** Where the network is, for the checkpoint of a stopped run. */
  #place: TrainingPosition;
  /** Whether there is a checkpoint of this place. */
  #saved: boolean;

  constructor(
    private readonly setup: TrainingSetup,
    private readonly journal: TrainingJournal,
    private readonly checkpoints: Checkpoints,
    private readonly signal: AbortSignal,
    private readonly resumed: ResumePoint | null = null,
  ) {
    this.#begin = performance.now() - 1000 * (resumed?.seconds ?? 0);
    this.#watch = new LossWatch(setup.classes);
    const { criterion } = setup.config.pruning;
    this.#pruner = new SoftPruner(setup.prunable, criterion, setup.rateOf, resumed?.lastPruning);
    this.#best = resumed?.best ?? null;
    this.#place = resumed?.position ?? beginning;
    this.#saved = resumed !== null;
  }

  /** Runs to the end. Throws the reason of the signal when it is aborted, and a UserError when training diverges. */
  async run(): Promise<Summary> {
    await this.#announce();
    if (this.resumed === null) await this.checkpoints.saveInitial(await this.setup.network.readState());
    if (this.#isBeginning) await this.#prune(-1);
    while (this.#place.epoch < this.#epochs) await this.#runEpoch(this.#place.epoch);
    return this.#finish();
  }

  /** Saves where a stopped run is, and says so. */
  async stop(message: string): Promise<Summary> {
    const { epoch, pruned, trained, before } = this.#place;
    const partial = { trained, before };
    if (!this.#saved) await this.#save({ epoch, step: trained.steps, partial, pruned, validation: null, best: false });
    const isBetweenEpochs = this.#saved && trained.steps === 0;
    await this.journal.event({ type: 'stopped', epoch: isBetweenEpochs ? epoch - 1 : epoch, message });
    return this.#summary(epoch, null);
  }

  /** Before the first pruning. */
  get #isBeginning(): boolean {
    const { epoch, trained, pruned } = this.#place;
    return epoch === 0 && trained.steps === 0 && !pruned;
  }

  get #epochs(): number {
    return this.setup.config.training.epochs;
  }

  async #announce(): Promise<void> {
    const { engine, split, prunable, multiplyAdds, stepsPerEpoch } = this.setup;
    await this.journal.event({
      type: 'started',
      engine: engine.name,
      device: engine.device,
      epochs: this.#epochs,
      stepsPerEpoch,
      images: { training: split.training.length, validation: split.validation.length, test: split.test.length },
      layers: prunable.map(({ name, filters }) => ({ name, filters })),
      multiplyAdds,
      ...(this.resumed && { from: { epoch: this.#place.epoch, step: this.#place.trained.steps } }),
    });
    for (const message of this.setup.warnings) await this.journal.event({ type: 'warning', message });
  }

  async #runEpoch(epoch: number): Promise<void> {
    const begin = performance.now() - 1000 * this.#place.trained.seconds;
    const learningRate = learningRateOf(this.setup.config.training, epoch);
    const trained = await this.#train(epoch, learningRate);
    const before = this.#place.before ?? (await this.#validate(epoch, learningRate));
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
    const { pruned } = this.#place;
    const validation = after ?? before;
    const best = isBest({ epoch, pruned, validation }, this.#best, this.setup.config);
    if (best) this.#best = { epoch, validation };
    await this.#save({ epoch, step: null, pruned, validation, best });
    this.#place = { epoch: epoch + 1, trained: noSteps, pruned };
    this.#saved = true;
  }

  /** The network is no longer where the last checkpoint has it. */
  #move(moved: Partial<TrainingPosition>): void {
    this.#place = { ...this.#place, ...moved };
    this.#saved = false;
  }

  /** The evaluation on the validation part after the epoch's pruning; null without one, or without a validation part. */
  async #pruneAndValidate(epoch: number, learningRate: number, before: Evaluation | null): Promise<Evaluation | null> {
    if (!this.#prunesAfter(epoch)) return null;
    if (!isPrunedAtEnd(this.#place)) {
      const { layers } = await this.#prune(epoch);
      if (layers.every(({ pruned }) => pruned === 0)) return before;
    }
    return this.#validate(epoch, learningRate);
  }

  async #train(epoch: number, learningRate: number): Promise<EpochTotals> {
    const { network, split, trainingLoader, config, stepsPerEpoch } = this.setup;
    const { seed, batchSize } = config.training;
    const { trained: done } = this.#place;
    const order = config.data.shuffle ? shuffled(split.training, seed, epoch) : split.training;
    const batches = trainingLoader.epoch(order, {
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
      this.#move({ trained, pruned: false });
      this.#pace.step(batchSize, now);
      losses.push(loss);
      if (now - lastProgress < progressMilliseconds && step < stepsPerEpoch) return;
      lastProgress = now;
      this.#progress(epoch, step, losses.reduce((sum, value) => sum + value, 0) / losses.length);
      losses = [];
    };
    const { signal } = this;
    return trainEpoch(network, batches, { epoch, learningRate, done, watch: this.#watch, signal, onStep });
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
    for (let later = epoch; later < this.#epochs; later++) {
      evaluations += this.#prunesAfter(later) ? 2 : 1;
    }
    return evaluations;
  }

  #prunesAfter(epoch: number): boolean {
    const { schedule, everyEpochs, pruneAfterEpochs } = this.setup.config.pruning;
    const plan = { epochs: this.#epochs, everyEpochs, pruneAfterEpochs };
    return schedules[schedule].pruningAfter(epoch, plan) !== null;
  }

  async #prune(epoch: number): Promise<SoftPruning> {
    const { network, config, multiplyAdds, parameters } = this.setup;
    const state = await network.readState();
    const pruning = this.#pruner.prune(state.parameters);
    await network.writeState(state);
    this.#move({ pruned: true });
    const record = await this.journal.record({ epoch, layers: pruning.records });
    await this.journal.event({
      type: 'pruned',
      epoch,
      record,
      rate: config.pruning.rate,
      layers: pruning.layers,
      multiplyAdds,
      parameters,
    });
    return pruning;
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
    const evaluation = await evaluate(this.setup.network, loader.epoch(images), this.signal);
    this.#evaluationPace.add(images.length, (performance.now() - begin) / 1000);
    return evaluation;
  }

  async #save(content: Omit<CheckpointContent, 'state'>): Promise<void> {
    const { epoch, best } = content;
    const state = await this.setup.network.readState();
    const folder = await this.checkpoints.save({ ...content, state });
    await this.journal.event({ type: 'checkpoint', epoch, folder, best });
  }

  async #finish(): Promise<Summary> {
    const { network, split, testLoader, multiplyAdds } = this.setup;
    if (this.#best !== null && this.#best.epoch !== this.#epochs - 1) {
      await this.journal.log(`Testing the checkpoint of epoch ${this.#best.epoch}, the best on the validation part.`);
      const { state } = await this.checkpoints.readBest();
      await network.writeState(state);
    }
    const test = await this.#evaluate(testLoader, split.test);
    const summary = this.#summary(this.#epochs, test);
    await this.journal.event({ type: 'finished', test, multiplyAdds, seconds: summary.seconds });
    return summary;
  }

  #summary(epochs: number, test: Evaluation | null): Summary {
    return {
      epochs,
      validation: this.#best?.validation ?? null,
      test,
      multiplyAdds: this.setup.multiplyAdds,
      seconds: (performance.now() - this.#begin) / 1000,
    };
  }
}

/** A stream for each epoch, so that an epoch's order does not depend on those before it. */
function shuffled(images: Uint32Array, seed: number, epoch: number): Uint32Array {
  const order = permutation(images.length, randomStream(seed, `shuffle.${epoch}`));
  return order.map((position) => images[position]!);
}

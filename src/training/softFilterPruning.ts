import { isPruningEpoch } from '../pruning/schedule';
import { permutation, randomStream } from '../random';
import type { RunManifest, Score } from '../runs/format';
import type { CheckpointContent, Checkpoints } from './checkpoints';
import { checkEvaluation, LossWatch } from './divergence';
import { evaluate } from './evaluate';
import type { Journal } from './journal';
import { learningRateOf } from './learningRate';
import { EvaluationPace, Pace, secondsLeft } from './pace';
import type { Setup } from './setup';
import { SoftPruner, type SoftPruning } from './softPruner';
import { trainEpoch, type TrainedEpoch } from './trainEpoch';

const progressMilliseconds = 1000;

export type Summary = NonNullable<RunManifest['summary']>;

/**
 * The algorithm, from initial weights to the test score: prune, then for every epoch train, evaluate, prune, evaluate.
 * The checkpoint that is best on the validation part after its pruning is tested, once; without a validation part the last.
 */
export class SoftFilterPruning {
  readonly #begin = performance.now();
  readonly #pace = new Pace();
  readonly #evaluationPace = new EvaluationPace();
  readonly #watch: LossWatch;
  readonly #pruner: SoftPruner;
  #best: { readonly epoch: number; readonly score: Score | null } | null = null;
  /** Where the network is, for the checkpoint of a stopped run; `saved` once the epoch's own checkpoint is written. */
  #place = { epoch: 0, step: 0, pruned: false, saved: false };

  constructor(
    private readonly setup: Setup,
    private readonly journal: Journal,
    private readonly checkpoints: Checkpoints,
    private readonly signal: AbortSignal,
  ) {
    this.#watch = new LossWatch(setup.classes);
    this.#pruner = new SoftPruner(setup.prunable, setup.config.pruning.criterion, setup.rateOf);
  }

  /** Runs to the end. Throws the reason of the signal when it is aborted, and a UserError when training diverges. */
  async run(): Promise<Summary> {
    await this.#announce();
    await this.checkpoints.saveInitial(await this.setup.network.readState());
    await this.#prune(-1);
    for (let epoch = 0; epoch < this.#epochs; epoch++) await this.#runEpoch(epoch);
    return this.#finish();
  }

  /** Saves where a stopped run is, and says so. */
  async stop(message: string): Promise<Summary> {
    const { epoch, saved } = this.#place;
    if (!saved) await this.#save({ ...this.#place, validation: null, best: false });
    await this.journal.event({ type: 'stopped', epoch, message });
    return this.#summary(saved ? epoch + 1 : epoch, null);
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
    });
    for (const message of this.setup.warnings) await this.journal.event({ type: 'warning', message });
  }

  async #runEpoch(epoch: number): Promise<void> {
    const begin = performance.now();
    const { config } = this.setup;
    const learningRate = learningRateOf(config.training, epoch);
    const trained = await this.#train(epoch, learningRate);
    const before = await this.#validate(epoch, learningRate);
    let after: Score | null = null;
    if (isPruningEpoch(epoch, this.#epochs, config.pruning.everyEpochs)) {
      const { layers } = await this.#prune(epoch);
      const unchanged = layers.every(({ pruned }) => pruned === 0);
      after = unchanged ? before : await this.#validate(epoch, learningRate);
    }
    await this.journal.event({
      type: 'epoch',
      epoch,
      learningRate,
      training: trained.score,
      before,
      after,
      seconds: (performance.now() - begin) / 1000,
      imagesPerSecond: trained.images / trained.seconds,
      ...(epoch === 0 && { firstLosses: [...trained.firstLosses] }),
    });
    const best = this.#isBest(epoch, after);
    if (best) this.#best = { epoch, score: after };
    await this.#save({ epoch, step: null, pruned: this.#place.pruned, validation: after ?? before, best });
    this.#place.saved = true;
  }

  async #train(epoch: number, learningRate: number): Promise<TrainedEpoch> {
    const { network, split, trainingLoader, config, stepsPerEpoch } = this.setup;
    const { seed, batchSize } = config.training;
    const batches = trainingLoader.epoch(config.data.shuffle ? shuffled(split.training, seed, epoch) : split.training, {
      augment: config.data.augment === 'none' ? null : { seed, epoch },
      dropLast: true,
    });
    let lastProgress = performance.now();
    let losses: number[] = [];
    this.#place = { ...this.#place, epoch, step: 0, saved: false };
    this.#pace.begin(lastProgress);
    const onStep = (step: number, loss: number): void => {
      const now = performance.now();
      this.#place = { epoch, step, pruned: false, saved: false };
      this.#pace.step(batchSize, now);
      losses.push(loss);
      if (now - lastProgress < progressMilliseconds && step < stepsPerEpoch) return;
      lastProgress = now;
      this.#progress(epoch, step, losses.reduce((sum, value) => sum + value, 0) / losses.length);
      losses = [];
    };
    return trainEpoch(network, batches, { epoch, learningRate, watch: this.#watch, signal: this.signal, onStep });
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
    const { everyEpochs } = this.setup.config.pruning;
    let evaluations = 0;
    for (let later = epoch; later < this.#epochs; later++) {
      evaluations += isPruningEpoch(later, this.#epochs, everyEpochs) ? 2 : 1;
    }
    return evaluations;
  }

  async #prune(epoch: number): Promise<SoftPruning> {
    const { network, config, multiplyAdds, parameters } = this.setup;
    const state = await network.readState();
    const pruning = this.#pruner.prune(state.parameters);
    await network.writeState(state);
    this.#place.pruned = true;
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

  async #validate(epoch: number, learningRate: number): Promise<Score | null> {
    const { split, trainingLoader, stepsPerEpoch } = this.setup;
    if (split.validation.length === 0) return null;
    const score = await this.#evaluate(trainingLoader, split.validation);
    checkEvaluation(score.loss, { epoch, step: stepsPerEpoch, learningRate });
    return score;
  }

  async #evaluate(loader: Setup['testLoader'], images: Uint32Array): Promise<Score> {
    const begin = performance.now();
    const score = await evaluate(this.setup.network, loader.epoch(images), this.signal);
    this.#evaluationPace.add(images.length, (performance.now() - begin) / 1000);
    return score;
  }

  /** Only a pruned network can be the best one; of equally good ones the later is, as it had more time to settle. */
  #isBest(epoch: number, after: Score | null): boolean {
    if (after === null) return this.setup.split.validation.length === 0 && epoch === this.#epochs - 1;
    return after.accuracy >= (this.#best?.score?.accuracy ?? 0);
  }

  async #save({ epoch, step, pruned, validation, best }: Omit<CheckpointContent, 'state'>): Promise<void> {
    const state = await this.setup.network.readState();
    const folder = await this.checkpoints.save({ epoch, step, pruned, validation, best, state });
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

  #summary(epochs: number, test: Score | null): Summary {
    return {
      epochs,
      validation: this.#best?.score ?? null,
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

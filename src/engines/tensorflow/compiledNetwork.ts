import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { UserError } from '../../base/errors';
import type { LayerGraph, Shape } from '../../network/graph';
import { parameterSpecs, sizeOf, statisticSpecs } from '../../network/parameters';
import { imageShape } from '../../network/shapes';
import type { NetworkState } from '../../network/state';
import type { Batch, BatchResult, CompiledNetwork, CompileOptions, Importance } from '../engine';
import { dropoutFactorsOf } from '../dropout';
import { trainedRows, trainedValues, withoutHeld } from '../heldRows';
import { importanceSpecs, packImportance, unpackImportance } from '../importance';
import { VariableLayout, type Layouts, type VariableStorage, type VariableSpec } from '../variableLayout';
import { evaluateLogits } from '../evaluateLogits';
import { buildInference, buildTrainStep } from '../trainStep';
import type { TensorflowBinding } from './binding';
import { GraphBuilder, servingTag } from './graphBuilder';
import { rowShape, storedShape, weightOrder, type DataFormat } from './layout';
import { TensorflowOps, type DropoutInput } from './tensorflowOps';
import { TensorMaker } from './tensorMaker';
import { Variables, type VariableEnds } from './variables';

/** Compiles a network into one session: a training step, an evaluation pass, and ways in and out for the state. */
export async function compileNetwork(
  binding: TensorflowBinding,
  graph: LayerGraph,
  options: CompileOptions,
  dataFormat: DataFormat,
): Promise<CompiledNetwork> {
  const parameters = parameterSpecs(graph);
  const importance = importanceSpecs(parameters, options.importanceOf ?? new Map());
  const specs = { parameters, statistics: statisticSpecs(graph), importance };
  const builder = new GraphBuilder();
  const variables = new Variables(builder, specs);
  const dropoutInputs = addTrainStep(builder, variables, graph, options, dataFormat);
  addInference(builder, variables, graph, dataFormat);
  const ends = {
    state: variables.stateEnds(),
    trained: variables.trainedEnds(),
    importance: variables.importanceEnds(),
  };
  const session = await openSession(binding, builder.toSavedModel());
  const storageOf = ({ shape }: VariableSpec): VariableStorage | null =>
    shape.length === 4 ? { extents: shape, order: weightOrder(shape) } : null;
  const layouts = {
    parameters: new VariableLayout(specs.parameters.map((spec) => ({ ...spec, storage: storageOf(spec) }))),
    statistics: new VariableLayout(specs.statistics),
    importance: new VariableLayout(specs.importance),
  };
  const network = new TensorflowNetwork(binding, session, { ...ends, dropoutInputs }, layouts, graph, options);
  network.clear();
  return network;
}

/** A session runs what an end needs, so that a step without held rows does nothing for them. */
const stepEnds = { free: 'step/evaluation', held: 'heldStep/evaluation' } as const;

/** Gives what the step must be fed for dropout. */
function addTrainStep(
  builder: GraphBuilder,
  variables: Variables,
  graph: LayerGraph,
  options: CompileOptions,
  dataFormat: DataFormat,
): readonly DropoutInput[] {
  const { batchSize } = options;
  const ops = new TensorflowOps(builder, variables, dataFormat, batchSize);
  const images = ops.images('step/images', imageShape(graph));
  const labels = { name: builder.placeholder('step/labels', 'int32', [batchSize]), extents: [batchSize] };
  const learningRate = { name: builder.placeholder('step/learningRate', 'float32', []), extents: [] };
  const { loss, correct } = buildTrainStep(ops, graph, options, { images, labels, learningRate });
  const attributes = { T: { type: 'float32' }, N: { int: 2 }, axis: { int: 0 } } as const;
  const endWith = (name: string, moves: readonly string[]) =>
    builder.node('Pack', [loss.name, correct.name], attributes, { name, after: [...ops.updates, ...moves] });
  endWith(stepEnds.free, ops.freeMoves);
  endWith(stepEnds.held, ops.heldMoves);
  return ops.dropoutInputs;
}

function addInference(builder: GraphBuilder, variables: Variables, graph: LayerGraph, dataFormat: DataFormat): void {
  const ops = new TensorflowOps(builder, variables, dataFormat, -1);
  const logits = buildInference(ops, graph, ops.images('inference/images', imageShape(graph)));
  builder.node('Identity', [logits.name], { T: { type: 'float32' } }, { name: 'inference/logits' });
}

/** The binding takes graphs from a folder only; it is gone when the session is open. */
async function openSession(binding: TensorflowBinding, savedModel: Uint8Array): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sfp-lab-graph-'));
  try {
    await writeFile(path.join(folder, 'saved_model.pb'), savedModel);
    return binding.loadSavedModel(folder, servingTag);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Ends {
  readonly dropoutInputs: readonly DropoutInput[];
  readonly state: VariableEnds;
  readonly trained: VariableEnds;
  readonly importance: VariableEnds;
}

/** Values of all variables of a kind, one after another. */
interface StateVectors {
  readonly parameters: Float32Array;
  readonly momenta: Float32Array;
  readonly statistics: Float32Array;
}

type Feeds = Readonly<Record<string, number>>;

class TensorflowNetwork implements CompiledNetwork {
  readonly operators = null;
  private readonly make: TensorMaker;
  /** Which parameters are trained; null where none is held. */
  private trained: Float32Array | null = null;
  private stepsOfImportance = 0;
  private readonly images: Shape;
  private readonly batchSize: number;

  constructor(
    private readonly binding: TensorflowBinding,
    private readonly session: number,
    private readonly ends: Ends,
    private readonly layouts: Layouts,
    private readonly graph: LayerGraph,
    private readonly options: CompileOptions,
  ) {
    this.images = imageShape(graph);
    this.batchSize = options.batchSize;
    this.make = new TensorMaker(binding);
  }

  async step(batch: Batch, learningRate: number, index = 0): Promise<BatchResult> {
    if (batch.count !== this.batchSize)
      throw new Error(`A training step takes ${this.batchSize} images, but got ${batch.count}.`);
    await breath();
    const feeds = {
      'step/images': this.imageTensor(batch),
      'step/labels': this.make.integers([batch.count], batch.labels.subarray(0, batch.count)),
      'step/learningRate': this.make.floats([], Float32Array.of(learningRate)),
      ...this.dropoutFactors(index),
    };
    const [evaluation] = this.run(feeds, [this.trained ? stepEnds.held : stepEnds.free]);
    this.stepsOfImportance++;
    return { loss: evaluation![0]!, correct: evaluation![1]! };
  }

  async evaluate(batch: Batch): Promise<BatchResult> {
    return evaluateLogits(await this.predict(batch), batch.labels, batch.count);
  }

  async predict(batch: Batch): Promise<Float32Array> {
    if (batch.count < 1 || batch.count > this.batchSize)
      throw new Error(`Evaluation takes 1 to ${this.batchSize} images, but got ${batch.count}.`);
    await breath();
    return this.run({ 'inference/images': this.imageTensor(batch) }, ['inference/logits'])[0]!;
  }

  readState(): Promise<NetworkState> {
    const { parameters, statistics } = this.layouts;
    const vectors = this.read();
    return Promise.resolve({
      parameters: parameters.unpack(vectors.parameters),
      momenta: parameters.unpack(vectors.momenta),
      statistics: statistics.unpack(vectors.statistics),
    });
  }

  writeState(state: NetworkState): Promise<void> {
    const { parameters, statistics } = this.layouts;
    this.write({
      parameters: parameters.pack(state.parameters, 'parameters'),
      momenta: parameters.pack(state.momenta, 'momenta'),
      statistics: statistics.pack(state.statistics, 'statistics'),
    });
    return Promise.resolve();
  }

  async hold(rows: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const { parameters: layout } = this.layouts;
    const marks = trainedRows(layout.slots, rows);
    this.trained = marks && trainedValues(layout, marks);
    if (marks) {
      const tensors = layout.slots.map(({ name, shape }) => this.make.floats(rowShape(shape), marks.get(name)!));
      this.assign(this.ends.trained, tensors);
      this.write(this.read());
    }
    return Promise.resolve();
  }

  async readImportance(): Promise<Importance> {
    const flat = joined(this.run({}, this.ends.importance.outputs));
    return Promise.resolve(unpackImportance(this.layouts.importance, flat, this.stepsOfImportance));
  }

  async writeImportance(importance: Importance): Promise<void> {
    const { importance: layout } = this.layouts;
    this.assign(this.ends.importance, this.tensors(layout, packImportance(layout, importance)));
    this.stepsOfImportance = importance.steps;
    return Promise.resolve();
  }

  /** Sets all variables to zero, but for the marks of held rows, which nobody reads before they are written. */
  clear(): void {
    const { parameters, statistics, importance } = this.layouts;
    const zeros = (layout: VariableLayout) => new Float32Array(layout.size);
    this.write({ parameters: zeros(parameters), momenta: zeros(parameters), statistics: zeros(statistics) });
    this.assign(this.ends.importance, this.tensors(importance, zeros(importance)));
  }

  dispose(): Promise<void> {
    this.binding.deleteSavedModel(this.session);
    return Promise.resolve();
  }

  private dropoutFactors(step: number): Feeds {
    const factors = dropoutFactorsOf(this.graph, this.batchSize, this.options.seed ?? 0, step);
    const tensor = ({ name, layer, extents }: DropoutInput) =>
      [name, this.make.floats(extents, factors.get(layer)!)] as const;
    return Object.fromEntries(this.ends.dropoutInputs.map(tensor));
  }

  private read(): StateVectors {
    const values = this.run({}, this.ends.state.outputs);
    const count = this.layouts.parameters.slots.length;
    return {
      parameters: joined(values.slice(0, count)),
      momenta: joined(values.slice(count, 2 * count)),
      statistics: joined(values.slice(2 * count)),
    };
  }

  /** Held rows become zero on the way. */
  private write({ parameters, momenta, statistics }: StateVectors): void {
    this.assign(this.ends.state, [
      ...this.tensors(this.layouts.parameters, withoutHeld(parameters, this.trained)),
      ...this.tensors(this.layouts.parameters, withoutHeld(momenta, this.trained)),
      ...this.tensors(this.layouts.statistics, statistics),
    ]);
  }

  private assign({ inputs, written }: VariableEnds, tensors: readonly number[]): void {
    this.run(Object.fromEntries(inputs.map((name, index) => [name, tensors[index]!])), [written]);
  }

  private tensors({ slots }: VariableLayout, flat: Float32Array): number[] {
    return slots.map(({ shape, offset, size }) =>
      this.make.floats(storedShape(shape), flat.subarray(offset, offset + size)),
    );
  }

  /** Runs what the outputs need; takes over the fed tensors. Throws a UserError when memory is short. */
  private run(feeds: Feeds, outputs: readonly string[]): Float32Array[] {
    const names = Object.keys(feeds).map((name) => `${name}:0`);
    const ids = Object.values(feeds);
    try {
      const results = this.binding.runSavedModel(
        this.session,
        ids,
        names.join(),
        outputs.map((name) => `${name}:0`).join(),
      );
      return results.map((result) => this.taken(result.id));
    } catch (cause) {
      throw this.explained(cause);
    } finally {
      for (const id of ids) this.binding.deleteTensor(id);
    }
  }

  private taken(id: number): Float32Array {
    const values = this.binding.tensorDataSync(id);
    this.binding.deleteTensor(id);
    if (!(values instanceof Float32Array)) throw new Error('TensorFlow gave no float32 result.');
    return values;
  }

  private explained(cause: unknown): unknown {
    const message = cause instanceof Error ? cause.message : String(cause);
    if (!/OOM|out of memory|resource exhausted|Allocator/i.test(message)) return cause;
    const smaller = Math.max(1, Math.floor(this.batchSize / 2));
    return new UserError(
      `The device has too little memory for batches of ${this.batchSize} images${missing(message)}; set training.batchSize to ${smaller}, or close what else uses the device.`,
      { cause },
    );
  }

  private imageTensor({ images, count }: Batch): number {
    const { channels, height, width } = this.images;
    const size = sizeOf([count, channels, height, width]);
    if (images.length < size) throw new Error(`${count} images need ${size} values, but got ${images.length}.`);
    return this.make.floats([count, channels, height, width], images.subarray(0, size));
  }
}

/** A run of the binding holds up this thread, so signals and messages must get their turn between two of them. */
async function breath(): Promise<void> {
  await setImmediate();
}

function joined(values: readonly Float32Array[]): Float32Array {
  const flat = new Float32Array(values.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const value of values) {
    flat.set(value, offset);
    offset += value.length;
  }
  return flat;
}

/** What there was no room for, from TensorFlow's message. */
function missing(message: string): string {
  const shape = /shape\[([\d,]+)\]/.exec(message)?.[1];
  if (shape === undefined) return '';
  const megabytes = (4 * sizeOf(shape.split(',').map(Number))) / 1e6;
  return ` (no room for a tensor of shape[${shape}], ${megabytes.toFixed(1)} MB)`;
}

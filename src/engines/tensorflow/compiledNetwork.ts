import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { UserError } from '../../base/errors';
import type { LayerGraph, Shape } from '../../network/graph';
import { parameterSpecs, sizeOf, statisticSpecs } from '../../network/parameters';
import { imageShape } from '../../network/shapes';
import type { NetworkState } from '../../network/state';
import type { Batch, BatchResult, CompiledNetwork, CompileOptions } from '../engine';
import { VariableLayout, type Layouts } from '../variableLayout';
import { evaluateLogits } from '../evaluateLogits';
import { buildInference, buildTrainStep } from '../trainStep';
import type { TensorflowBinding } from './binding';
import { GraphBuilder, servingTag } from './graphBuilder';
import { storedShape, weightOrder, type DataFormat } from './layout';
import { TensorflowOps } from './tensorflowOps';
import { TensorMaker } from './tensorMaker';
import { Variables, type StateEnds } from './variables';

/** Compiles a network into one session: a training step, an evaluation pass, and ways in and out for the state. */
export async function compileNetwork(
  binding: TensorflowBinding,
  graph: LayerGraph,
  options: CompileOptions,
  dataFormat: DataFormat,
): Promise<CompiledNetwork> {
  const specs = { parameters: parameterSpecs(graph), statistics: statisticSpecs(graph) };
  const builder = new GraphBuilder();
  const variables = new Variables(builder, specs);
  const images = imageShape(graph);
  addTrainStep(builder, variables, graph, options, dataFormat);
  addInference(builder, variables, graph, dataFormat);
  const ends = variables.stateEnds();
  const session = await openSession(binding, builder.toSavedModel());
  const orderOf = ({ shape }: { readonly shape: readonly number[] }) =>
    shape.length === 4 ? weightOrder(shape) : null;
  const layouts = {
    parameters: new VariableLayout(specs.parameters, orderOf),
    statistics: new VariableLayout(specs.statistics, () => null),
  };
  const network = new TensorflowNetwork(binding, session, ends, layouts, images, options.batchSize);
  network.clear();
  return network;
}

function addTrainStep(
  builder: GraphBuilder,
  variables: Variables,
  graph: LayerGraph,
  { batchSize, optimizer }: CompileOptions,
  dataFormat: DataFormat,
): void {
  const ops = new TensorflowOps(builder, variables, dataFormat);
  const images = ops.images('step/images', batchSize, imageShape(graph));
  const labels = { name: builder.placeholder('step/labels', 'int32', [batchSize]), extents: [batchSize] };
  const learningRate = { name: builder.placeholder('step/learningRate', 'float32', []), extents: [] };
  const { loss, correct } = buildTrainStep(ops, graph, optimizer, { images, labels, learningRate });
  const attributes = { T: { type: 'float32' }, N: { int: 2 }, axis: { int: 0 } } as const;
  builder.node('Pack', [loss.name, correct.name], attributes, { name: 'step/evaluation', after: ops.updates });
}

function addInference(builder: GraphBuilder, variables: Variables, graph: LayerGraph, dataFormat: DataFormat): void {
  const ops = new TensorflowOps(builder, variables, dataFormat);
  const logits = buildInference(ops, graph, ops.images('inference/images', -1, imageShape(graph)));
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

type Feeds = Readonly<Record<string, number>>;

class TensorflowNetwork implements CompiledNetwork {
  private readonly make: TensorMaker;

  constructor(
    private readonly binding: TensorflowBinding,
    private readonly session: number,
    private readonly ends: StateEnds,
    private readonly layouts: Layouts,
    private readonly images: Shape,
    private readonly batchSize: number,
  ) {
    this.make = new TensorMaker(binding);
  }

  async step(batch: Batch, learningRate: number): Promise<BatchResult> {
    if (batch.count !== this.batchSize)
      throw new Error(`A training step takes ${this.batchSize} images, but got ${batch.count}.`);
    await breath();
    const feeds = {
      'step/images': this.imageTensor(batch),
      'step/labels': this.make.integers([batch.count], batch.labels.subarray(0, batch.count)),
      'step/learningRate': this.make.floats([], Float32Array.of(learningRate)),
    };
    const [evaluation] = this.run(feeds, ['step/evaluation']);
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
    const values = this.run({}, this.ends.outputs);
    const { parameters, statistics } = this.layouts;
    const count = parameters.slots.length;
    return Promise.resolve({
      parameters: parameters.unpack(joined(values.slice(0, count))),
      momenta: parameters.unpack(joined(values.slice(count, 2 * count))),
      statistics: statistics.unpack(joined(values.slice(2 * count))),
    });
  }

  writeState(state: NetworkState): Promise<void> {
    const { parameters, statistics } = this.layouts;
    this.write(
      parameters.pack(state.parameters, 'parameters'),
      parameters.pack(state.momenta, 'momenta'),
      statistics.pack(state.statistics, 'statistics'),
    );
    return Promise.resolve();
  }

  /** Sets all variables to zero. */
  clear(): void {
    const { parameters, statistics } = this.layouts;
    const zeros = (layout: VariableLayout) => new Float32Array(layout.size);
    this.write(zeros(parameters), zeros(parameters), zeros(statistics));
  }

  dispose(): Promise<void> {
    this.binding.deleteSavedModel(this.session);
    return Promise.resolve();
  }

  private write(parameters: Float32Array, momenta: Float32Array, statistics: Float32Array): void {
    const tensors = [
      ...this.tensors(this.layouts.parameters, parameters),
      ...this.tensors(this.layouts.parameters, momenta),
      ...this.tensors(this.layouts.statistics, statistics),
    ];
    const feeds = Object.fromEntries(this.ends.inputs.map((name, index) => [name, tensors[index]!]));
    this.run(feeds, [this.ends.written]);
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

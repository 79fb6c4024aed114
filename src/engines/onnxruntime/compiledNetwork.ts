import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { LayerGraph, Shape } from '../../network/graph';
import { parameterSpecs, statisticSpecs } from '../../network/parameters';
import { imageShape, inferShapes } from '../../network/shapes';
import type { NetworkState } from '../../network/state';
import type { Batch, BatchResult, CompiledNetwork, CompileOptions, Importance, ParameterSets } from '../engine';
import { dropoutFactorsOf } from '../dropout';
import { evaluateLogits } from '../evaluateLogits';
import { trainedRows, trainedValues, withoutHeld } from '../heldRows';
import { importanceSpecs, packImportance, unpackImportance } from '../importance';
import { buildInference, buildTrainStep } from '../trainStep';
import { BlockedOps } from './blocked/blockedOps';
import { detours } from './blocked/forms';
import { misfit } from './blocked/misfit';
import { blockedStorage } from './blocked/storage';
import { dropoutInput, type CommonOps } from './commonOps';
import type { Device } from './device';
import { Emitter } from './emitter';
import { allTrained, copyingModel, FlatState, successors } from './flatState';
import { GpuEmitter } from './gpuEmitter';
import { GpuOps } from './gpuOps';
import { ModelBuilder } from '../../formats/onnx/modelBuilder';
import { PlainOps } from './plainOps';
import { createSession, type Runtime, type SessionSettings } from './runtime';
import { VariableLayout, type Layouts } from '../variableLayout';

/**
 * Which of onnxruntime's convolutions a network is built of: blocked ones with so many channels in a block, or plain ones, with
 * the reason as a clause where others would be faster.
 */
export type Convolutions =
  { readonly kind: 'plain'; readonly why: string | null } | { readonly kind: 'blocked'; readonly block: number };

export const plain: Convolutions = { kind: 'plain', why: null };

/** Compiles a network into two sessions: a training step, and an evaluation pass for any number of images. */
export async function compileNetwork(
  runtime: Runtime,
  graph: LayerGraph,
  options: CompileOptions,
  settings: SessionSettings & { readonly convolutions: Convolutions },
): Promise<CompiledNetwork> {
  const isOnCpu = settings.device === undefined || settings.device === 'cpu';
  const fitting = fittingConvolutions(graph, options.batchSize, isOnCpu ? settings.convolutions : plain);
  const layouts = variableLayouts(graph, fitting, options.importanceOf);
  const opsFor = operationsFor(graph, layouts, fitting, settings.device);
  const step = await createSession(runtime, stepModel(graph, options, opsFor), settings, successors(layouts));
  const inference = await createSession(runtime, inferenceModel(graph, opsFor), settings);
  const copies = settings.device === 'webgpu' ? await createSession(runtime, copyingModel(layouts), settings) : null;
  const operators = isOnCpu ? inWords(fitting, graph) : null;
  return new OnnxNetwork(runtime, { step, inference, copies }, layouts, graph, options, operators);
}

function inWords(convolutions: Convolutions, graph: LayerGraph): string {
  if (convolutions.kind === 'plain')
    return convolutions.why === null ? 'Plain operators.' : `Plain operators: ${convolutions.why}.`;
  const blocked = `Blocked operators, ${convolutions.block} channels at a time`;
  const [first, ...others] = detours(graph, convolutions.block);
  if (first === undefined) return `${blocked}.`;
  return `${blocked}, but for ${first}${others.length > 0 ? ` and ${others.length} more` : ''}.`;
}

/** The training step that `compileNetwork` runs on a GPU, for a check of the device. */
export function gpuStepModel(graph: LayerGraph, options: CompileOptions): Uint8Array {
  return stepModel(graph, options, operationsFor(graph, variableLayouts(graph, plain), plain, 'webgpu'));
}

function operationsFor(
  graph: LayerGraph,
  layouts: Layouts,
  convolutions: Convolutions,
  device: Device = 'cpu',
): OpsFor {
  if (device !== 'cpu') return (model, batchSize) => new GpuOps(new GpuEmitter(model), batchSize, layouts);
  return (model, batchSize) =>
    convolutions.kind === 'blocked'
      ? new BlockedOps(new Emitter(model), batchSize, layouts, { graph, block: convolutions.block })
      : new PlainOps(new Emitter(model), batchSize, layouts);
}

function fittingConvolutions(graph: LayerGraph, batchSize: number, wanted: Convolutions): Convolutions {
  const why = wanted.kind === 'blocked' ? misfit(graph, batchSize, wanted.block) : null;
  return why === null ? wanted : { kind: 'plain', why };
}

function variableLayouts(graph: LayerGraph, convolutions: Convolutions, sets: ParameterSets = new Map()): Layouts {
  const parameters = parameterSpecs(graph);
  const storageOf = convolutions.kind === 'blocked' ? blockedStorage(graph, convolutions.block) : () => null;
  return {
    parameters: new VariableLayout(parameters.map((spec) => ({ ...spec, storage: storageOf(spec) }))),
    statistics: new VariableLayout(statisticSpecs(graph).map((spec) => ({ ...spec, storage: storageOf(spec) }))),
    importance: new VariableLayout(importanceSpecs(parameters, sets)),
  };
}

type OpsFor = (model: ModelBuilder, batchSize: number) => CommonOps;

function stepModel(graph: LayerGraph, options: CompileOptions, opsFor: OpsFor): Uint8Array {
  const { batchSize } = options;
  const model = new ModelBuilder();
  const ops = opsFor(model, batchSize);
  const images = ops.images('images', imageShape(graph));
  const labels = { name: model.input('labels', [batchSize], 'int32'), extents: [batchSize] };
  const learningRate = { name: model.input('learningRate', []), extents: [] };
  const { loss, correct } = buildTrainStep(ops, graph, options, { images, labels, learningRate });
  model.output('loss', loss.name, []);
  model.output('correct', correct.name, []);
  return model.toBytes();
}

function inferenceModel(graph: LayerGraph, opsFor: OpsFor): Uint8Array {
  const model = new ModelBuilder();
  const ops = opsFor(model, -1);
  const logits = ops.flat(buildInference(ops, graph, ops.images('images', imageShape(graph))));
  model.output('logits', logits.name, ['batch', logits.extents[1]!]);
  return model.toBytes();
}

interface Sessions {
  readonly step: InferenceSession;
  readonly inference: InferenceSession;
  readonly copies: InferenceSession | null;
}

class OnnxNetwork implements CompiledNetwork {
  private readonly state: FlatState;
  /** Which parameters are trained; null where none is held. */
  private trained: Float32Array | null = null;
  private stepsOfImportance = 0;
  private readonly images: Shape;
  private readonly batchSize: number;

  constructor(
    private readonly runtime: Runtime,
    private readonly sessions: Sessions,
    private readonly layouts: Layouts,
    private readonly graph: LayerGraph,
    private readonly options: CompileOptions,
    readonly operators: string | null,
  ) {
    this.images = imageShape(graph);
    this.batchSize = options.batchSize;
    this.state = new FlatState(runtime, layouts, sessions.copies);
  }

  async step(batch: Batch, learningRate: number, index = 0): Promise<BatchResult> {
    if (batch.count !== this.batchSize)
      throw new Error(`A training step takes ${this.batchSize} images, but got ${batch.count}.`);
    const results = await this.sessions.step.run({
      images: this.imageTensor(batch),
      labels: new this.runtime.Tensor('int32', batch.labels.subarray(0, batch.count), [batch.count]),
      learningRate: new this.runtime.Tensor('float32', Float32Array.of(learningRate), []),
      ...this.dropoutFeeds(index),
      ...this.state.stepFeeds(),
    });
    this.state.advance(results);
    this.stepsOfImportance++;
    return { loss: floats(results.loss)[0]!, correct: floats(results.correct)[0]! };
  }

  async evaluate(batch: Batch): Promise<BatchResult> {
    const logits = await this.predict(batch);
    return evaluateLogits(logits, batch.labels, batch.count);
  }

  async predict(batch: Batch): Promise<Float32Array> {
    if (batch.count < 1 || batch.count > this.batchSize)
      throw new Error(`Evaluation takes 1 to ${this.batchSize} images, but got ${batch.count}.`);
    const results = await this.sessions.inference.run({
      images: this.imageTensor(batch),
      ...this.state.feeds('parameters', 'statistics'),
    });
    return floats(results.logits);
  }

  async readState(): Promise<NetworkState> {
    const { parameters, statistics } = this.layouts;
    const vectors = await this.state.read();
    return {
      parameters: parameters.unpack(vectors.parameters),
      momenta: parameters.unpack(vectors.momenta),
      statistics: statistics.unpack(vectors.statistics),
    };
  }

  async writeState(state: NetworkState): Promise<void> {
    const { parameters, statistics } = this.layouts;
    this.state.write({
      parameters: withoutHeld(parameters.pack(state.parameters, 'parameters'), this.trained),
      momenta: withoutHeld(parameters.pack(state.momenta, 'momenta'), this.trained),
      statistics: statistics.pack(state.statistics, 'statistics'),
    });
    return Promise.resolve();
  }

  async hold(rows: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const { parameters: layout } = this.layouts;
    const marks = trainedRows(layout.slots, rows);
    this.trained = marks && trainedValues(layout, marks);
    this.state.write({ trained: this.trained ?? allTrained });
    if (!this.trained) return;
    const { parameters, momenta } = await this.state.read();
    this.state.write({
      parameters: withoutHeld(parameters, this.trained),
      momenta: withoutHeld(momenta, this.trained),
    });
  }

  async readImportance(): Promise<Importance> {
    const { importance } = await this.state.read();
    return unpackImportance(this.layouts.importance, importance, this.stepsOfImportance);
  }

  async writeImportance(importance: Importance): Promise<void> {
    this.state.write({ importance: packImportance(this.layouts.importance, importance) });
    this.stepsOfImportance = importance.steps;
    return Promise.resolve();
  }

  async dispose(): Promise<void> {
    this.state.dispose();
    await this.sessions.step.release();
    await this.sessions.inference.release();
    await this.sessions.copies?.release();
  }

  private dropoutFeeds(step: number): Record<string, Tensor> {
    const factors = dropoutFactorsOf(this.graph, this.batchSize, this.options.seed ?? 0, step);
    const shapes = inferShapes(this.graph);
    return Object.fromEntries(
      [...factors].map(([layer, values]) => [
        dropoutInput(layer),
        new this.runtime.Tensor('float32', values, [this.batchSize, ...extentsOf(shapes.get(layer)!)]),
      ]),
    );
  }

  private imageTensor({ images, count }: Batch): Tensor {
    const { channels, height, width } = this.images;
    const size = count * channels * height * width;
    if (images.length < size) throw new Error(`${count} images need ${size} values, but got ${images.length}.`);
    return new this.runtime.Tensor('float32', images.subarray(0, size), [count, channels, height, width]);
  }
}

function extentsOf({ channels, height, width }: Shape): number[] {
  return [channels, height, width];
}

function floats(tensor: Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new Error('The engine gave no float32 result.');
  return tensor.data;
}

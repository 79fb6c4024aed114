import type { Layer, LayerGraph } from '../network/graph';
import type { GraphOps } from '../network/layers/graphOps';
import { kindOf } from '../network/layers';
import type { LayerContext, LayerGradients, LayerPass } from '../network/layers/layerKind';
import { inferShapes } from '../network/shapes';
import type { CompileOptions } from './engine';

/** Graph inputs of a training step. */
export interface StepInputs<T> {
  /** [batch, channels, height, width]. */
  readonly images: T;
  /** Class indices [batch]. */
  readonly labels: T;
  /** A scalar. */
  readonly learningRate: T;
}

/** Mean loss and number of right answers, both scalars. */
export interface Evaluation<T> {
  readonly loss: T;
  readonly correct: T;
}

/**
 * Adds one optimisation step to a back end's graph: forward, backward, the update of parameters, momenta and
 * running statistics, and the importance of rows where it is asked for. Loss and right answers are those of the parameters before the update.
 */
export function buildTrainStep<T>(
  ops: GraphOps<T>,
  graph: LayerGraph,
  { optimizer, importanceOf = new Map() }: CompileOptions,
  { images, labels, learningRate }: StepInputs<T>,
): Evaluation<T> {
  const shapes = inferShapes(graph);
  const outputs = new Map<string, T>();
  const passes = new Map<string, LayerPass<T>>();
  const statistics = new Map<string, T>();
  for (const layer of graph.layers) {
    if (layer.kind === 'input') {
      outputs.set(layer.name, images);
      continue;
    }
    const inputs = layer.inputs.map((name) => found(outputs, name));
    const inputShapes = layer.inputs.map((name) => found(shapes, name));
    const pass = kindOf(layer).train({ layer, ops: opsOf(layer, ops), inputs, inputShapes });
    passes.set(layer.name, pass);
    outputs.set(layer.name, pass.output);
    for (const [name, value] of pass.statistics ?? []) statistics.set(name, value);
  }
  const evaluation = ops.softmaxCrossEntropy(found(outputs, lastLayer(graph)), labels);
  const gradients = backpropagate(ops, graph, passes, evaluation.gradient());
  ops.updateParameters(gradients, learningRate, optimizer);
  ops.addImportance(gradients, importanceOf);
  ops.updateStatistics(statistics);
  return evaluation;
}

/** Adds the forward pass with running statistics; gives the logits [batch, classes]. */
export function buildInference<T>(ops: GraphOps<T>, graph: LayerGraph, images: T): T {
  const shapes = inferShapes(graph);
  const outputs = new Map<string, T>();
  for (const layer of graph.layers) {
    const inputs = layer.inputs.map((name) => found(outputs, name));
    const inputShapes = layer.inputs.map((name) => found(shapes, name));
    outputs.set(
      layer.name,
      layer.kind === 'input' ? images : inferred({ layer, ops: opsOf(layer, ops), inputs, inputShapes }),
    );
  }
  return found(outputs, lastLayer(graph));
}

/** As in training, but for layers that go by their running statistics. */
function inferred<T>(context: LayerContext<T, Layer>): T {
  const kind = kindOf(context.layer);
  return kind.infer ? kind.infer(context) : kind.train(context).output;
}

/** Gradients of all parameters by name, from that of the logits: the layers in reverse, summing where an output is read twice. */
function backpropagate<T>(
  ops: GraphOps<T>,
  graph: LayerGraph,
  passes: ReadonlyMap<string, LayerPass<T>>,
  logitsGradient: T,
): Map<string, T> {
  const outputGradients = new Map([[lastLayer(graph), logitsGradient]]);
  const parameterGradients = new Map<string, T>();
  for (const layer of graph.layers.toReversed()) {
    const pass = passes.get(layer.name);
    const gradient = outputGradients.get(layer.name);
    // Without a pass it is the input; without a gradient the loss does not depend on the layer.
    if (!pass || gradient === undefined) continue;
    const gradients: LayerGradients<T> = pass.backward(gradient);
    for (const [name, value] of gradients.parameters ?? []) parameterGradients.set(name, value);
    for (const [index, name] of layer.inputs.entries()) {
      if (!passes.has(name)) continue;
      const contribution = gradients.inputs[index]?.();
      if (contribution === undefined) continue;
      const others = outputGradients.get(name);
      outputGradients.set(name, others === undefined ? contribution : ops.add(others, contribution));
    }
  }
  return parameterGradients;
}

function opsOf<T>({ name }: Layer, ops: GraphOps<T>): GraphOps<T> {
  return ops.forLayer?.(name) ?? ops;
}

function lastLayer(graph: LayerGraph): string {
  const last = graph.layers.at(-1);
  if (!last || last.kind === 'input') throw new Error(`Network "${graph.name}" has no layer that computes logits.`);
  return last.name;
}

function found<V>(values: ReadonlyMap<string, V>, name: string): V {
  const value = values.get(name);
  if (value === undefined) throw new Error(`A layer reads "${name}", which does not come before it.`);
  return value;
}

import type { TensorMap } from '../../formats/tensor';
import type { LayerGraph } from '../../network/graph';
import { parameterSpecs, statisticSpecs } from '../../network/parameters';
import { imageShape } from '../../network/shapes';
import { buildInference } from '../trainStep';
import { VariableLayout } from '../variableLayout';
import { Emitter } from './emitter';
import { ModelBuilder } from '../../formats/onnx/modelBuilder';
import { PlainOps } from './plainOps';
import { createSession, type Runtime } from './runtime';
import type { Value } from './value';

/** What comes from a file cannot be the name of anything else in the model. */
function inputOf(variable: string): string {
  return `variable ${variable}`;
}

/**
 * Logits [count, classes] of a network in evaluation on float32 images [count, channels, height, width], once. A network that is
 * compiled has all its variables in one vector and a session for training as well, which large ones pay for with much of the
 * time and memory that one pass takes; here nothing is copied. Throws an Error where a variable is missing or of another shape.
 */
export async function forwardOnce(
  runtime: Runtime,
  graph: LayerGraph,
  tensors: TensorMap,
  { images, count, threads }: { readonly images: Float32Array; readonly count: number; readonly threads: number },
): Promise<Float32Array> {
  const specs = [...parameterSpecs(graph), ...statisticSpecs(graph)];
  const feeds = specs.map(({ name, shape }) => {
    const tensor = tensors.get(name);
    if (tensor?.shape.join() !== shape.join()) throw new Error(`"${name}" is missing, or is not [${shape.join()}].`);
    return [inputOf(name), new runtime.Tensor('float32', tensor.data, shape)] as const;
  });
  const session = await createSession(runtime, modelOf(graph), { threads, optimization: 'all' });
  try {
    const { channels, height, width } = imageShape(graph);
    const batch = new runtime.Tensor('float32', images, [count, channels, height, width]);
    const { logits } = await session.run({ images: batch, ...Object.fromEntries(feeds) });
    return logits!.data as Float32Array;
  } finally {
    await session.release();
  }
}

function modelOf(graph: LayerGraph): Uint8Array {
  const model = new ModelBuilder();
  const [parameters, statistics] = [parameterSpecs(graph), statisticSpecs(graph)];
  const layouts = {
    parameters: new VariableLayout(parameters),
    statistics: new VariableLayout(statistics),
    importance: new VariableLayout([]),
  };
  // Inputs of their own, so that they are taken from where they lie.
  const variables = [...parameters, ...statistics].map(({ name, shape }): [string, Value] => [
    name,
    { name: model.input(inputOf(name), shape), extents: shape },
  ]);
  const ops = new PlainOps(new Emitter(model), -1, layouts, new Map(variables));
  const logits = ops.flat(buildInference(ops, graph, ops.images('images', imageShape(graph))));
  model.output('logits', logits.name, ['batch', logits.extents[1]!]);
  return model.toBytes();
}

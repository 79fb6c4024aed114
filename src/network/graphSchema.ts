import * as z from 'zod';
import { sizeOf } from '../formats/tensor';
import type { Layer, LayerGraph } from './graph';
import { parameterSpecs, statisticSpecs } from './parameters';
import { inferShapes } from './shapes';

/** Limits far above any network that this program can run; they keep sizes computed from a file within bounds. */
const most = {
  layers: 10_000,
  name: 300,
  channels: 65_536,
  extent: 4096,
  kernel: 64,
  activations: 2 ** 27,
  parameters: 2 ** 28,
};

const name = z.string().min(1).max(most.name);
const channels = z.int().min(1).max(most.channels);
const extent = z.int().min(1).max(most.extent);
const kernelExtent = z.int().min(1).max(most.kernel);
const stride = z.int().min(1).max(most.kernel);

function layer<Kind extends Layer['kind'], Fields extends z.core.$ZodLooseShape>(kind: Kind, fields: Fields) {
  return z.object({ kind: z.literal(kind), name, inputs: z.array(name).max(most.layers), ...fields });
}

const layerSchema = () =>
  z.discriminatedUnion('kind', [
    layer('input', { shape: z.object({ channels, height: extent, width: extent }) }),
    layer('conv', {
      filters: channels,
      kernel: z.tuple([kernelExtent, kernelExtent]),
      stride,
      padding: z.int().min(0).max(most.kernel),
      prunable: z.boolean(),
    }),
    layer('batchNorm', { epsilon: z.number().positive(), momentum: z.number().min(0).max(1) }),
    layer('relu', {}),
    layer('add', {}),
    layer('subsamplePad', { stride, appendedChannels: z.int().min(0).max(most.channels) }),
    layer('channelScatter', { channels, positions: z.array(z.int().min(0).max(most.channels)).max(most.channels) }),
    layer('globalAveragePool', {}),
    layer('linear', { units: channels }),
  ]);

const layerGraphSchema = z.lazy(() => z.object({ name, layers: z.array(layerSchema()).min(2).max(most.layers) }));

/**
 * Validates a network from a file: layer kinds are known, layers fit each other, and activations and parameters have a bounded
 * size. Throws an Error with a sentence that says what is wrong.
 */
export function parseLayerGraph(value: unknown): LayerGraph {
  const parsed = layerGraphSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${issue?.path.join('.') ?? 'it'}: ${issue?.message ?? 'not a network'}.`, { cause: parsed.error });
  }
  const graph: LayerGraph = parsed.data;
  if (graph.layers.filter(({ kind }) => kind === 'input').length !== 1)
    throw new Error('It must have one input layer.');
  const activations = [...inferShapes(graph).values()].reduce(
    (sum, shape) => sum + sizeOf([shape.channels, shape.height, shape.width]),
    0,
  );
  if (activations > most.activations)
    throw new Error(`Its layers give ${activations} values for one image, more than can be computed with.`);
  const parameters = [...parameterSpecs(graph), ...statisticSpecs(graph)].reduce(
    (sum, { shape }) => sum + sizeOf(shape),
    0,
  );
  if (parameters > most.parameters)
    throw new Error(`Its layers have ${parameters} parameters, more than can be computed with.`);
  return graph;
}

import * as z from 'zod';
import { sizeOf } from '../formats/tensor';
import type { Layer, LayerGraph } from './graph';
import { layerKinds } from './layers';
import { most as mostOfFields, name } from './layers/fields';
import { parameterSpecs, statisticSpecs } from './parameters';
import { inferShapes } from './shapes';

/** Limits far above any network that this program can run; those of single fields stand with the kinds of layers. */
const most = { ...mostOfFields, activations: 2 ** 27, parameters: 2 ** 28 };

type LayerSchema = z.ZodObject<{ kind: z.ZodLiteral<string> }> & z.ZodType<Layer>;

/** Each kind of layer has a schema of its own. */
const layerSchema = () => {
  const schemas = Object.entries(layerKinds).map(([kind, { fields }]) =>
    z.object({ kind: z.literal(kind), name, inputs: z.array(name).max(most.layers), ...fields }),
  );
  // That a kind's fields are those of its layer, its type says; through the table the compiler can't follow it.
  return z.discriminatedUnion('kind', schemas as unknown as [LayerSchema, ...LayerSchema[]]);
};

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

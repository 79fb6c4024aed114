import { dirname, join } from 'node:path';
import * as z from 'zod';
import { UserError } from '../base/errors';
import { errorCode } from '../base/fileProblem';
import { parseJson } from '../base/parseJson';
import { readRegular } from '../base/regularFile';
import { visibleText } from '../base/visibleText';
import { isNameInFolder } from './nameInFolder';
import { halfToNumber } from './halfFloat';
import { sizeOf, type Tensor, type TensorMap } from './tensor';
import type { KerasLayer } from './tfjs';

/** A TensorFlow.js LayersModel as it is read. */
export interface ReadLayersModel {
  /** Of `model.json`, for errors. */
  readonly file: string;
  readonly name: string;
  /** In the order of the file. */
  readonly layers: readonly ReadKerasLayer[];
  /** Names of the layers whose outputs the model gives; empty where it does not say, as a sequence. */
  readonly outputs: readonly string[];
  /** By Keras' names, `conv2d/kernel`, in Keras' layouts. */
  readonly weights: TensorMap;
}

export interface ReadKerasLayer extends KerasLayer {
  /** How often the layer is used; it has the inputs of the first time. */
  readonly uses: number;
}

const mostJsonBytes = 64 * 2 ** 20;
const mostWeightBytes = 2 ** 31 - 1;
const mostShards = 10_000;
const most = { layers: 10_000, weights: 100_000, axes: 8, inputs: 10_000 };
const remedy = 'SFP Lab takes networks of up to 2 GB with their weights';

const text = z.string().max(1000);
const weightSchema = z.object({
  name: text,
  shape: z
    .array(
      z
        .int()
        .min(0)
        .max(2 ** 31),
    )
    .max(most.axes),
  dtype: text,
  quantization: z.object({ dtype: text }).optional(),
});
type WeightEntry = z.infer<typeof weightSchema>;

const documentSchema = z.object({
  format: text.optional(),
  modelTopology: z.unknown(),
  weightsManifest: z
    .array(z.object({ paths: z.array(text).max(mostShards), weights: z.array(weightSchema).max(most.weights) }))
    .max(mostShards),
});
type Group = z.infer<typeof documentSchema>['weightsManifest'][number];

const layerSchema = z.object({
  class_name: text,
  name: text.optional(),
  config: z.record(z.string(), z.unknown()).default({}),
  inbound_nodes: z.array(z.unknown()).max(most.layers).default([]),
});

const modelSchema = z.object({
  class_name: text,
  config: z.union([
    z.object({
      name: text.optional(),
      layers: z.array(layerSchema).max(most.layers),
      output_layers: z.unknown(),
    }),
    // Old versions of Keras have the layers of a sequence alone.
    z.array(layerSchema).max(most.layers),
  ]),
});

/**
 * Reads a LayersModel: `model.json` and the files of weights that it names, which must be in its folder. Nothing is followed out of
 * it, and no more memory is taken than the files are long. Throws a UserError where the file is not there, is none, or asks for
 * more.
 */
export async function readTfjs(file: string): Promise<ReadLayersModel> {
  const bytes = await bytesOf(file, file, mostJsonBytes);
  const document = documentSchema.safeParse(parseJson(new TextDecoder().decode(bytes)));
  if (!document.success) throw wrong(file, 'it does not have the form of a model.json');
  const { format, modelTopology, weightsManifest } = document.data;
  if (format === 'graph-model')
    throw new UserError(
      `${file} is a graph model, which cannot be trained; convert the Keras model again with --output_format=tfjs_layers_model.`,
      { file },
    );
  const { name, layers, outputs } = topologyOf(modelTopology, file);
  const weights = new Map<string, Tensor>();
  let left = mostWeightBytes;
  for (const group of weightsManifest) {
    const shards = await shardsOf(group, file, left);
    left -= shards.length;
    for (const [key, tensor] of tensorsIn(shards, group.weights, file)) weights.set(key, tensor);
  }
  return { file, name, layers, outputs, weights };
}

function topologyOf(topology: unknown, file: string): Pick<ReadLayersModel, 'name' | 'layers' | 'outputs'> {
  const found = z.object({ model_config: z.unknown() }).safeParse(topology).data?.model_config ?? topology;
  const model = modelSchema.safeParse(typeof found === 'string' ? parseJson(found) : found);
  if (!model.success) throw wrong(file, 'it describes no layers of Keras');
  const { class_name: className, config } = model.data;
  const {
    name = 'model',
    layers,
    output_layers: outputs,
  } = Array.isArray(config) ? { name: 'model', layers: config, output_layers: undefined } : config;
  const read = layers.map((layer, index) => ({
    name: layer.name ?? z.string().safeParse(layer.config.name).data ?? `layer${index + 1}`,
    className: layer.class_name,
    config: layer.config,
    inputs: layer.inbound_nodes,
  }));
  const isSequence = className === 'Sequential';
  return {
    name,
    layers: read.map(({ inputs, ...layer }, index) => ({
      ...layer,
      inputs: isSequence ? read.slice(Math.max(0, index - 1), index).map((before) => before.name) : namesIn(inputs[0]),
      uses: Math.max(1, inputs.length),
    })),
    outputs: isSequence ? [] : namesIn(outputs),
  };
}

/**
 * The layers that a node of Keras names: as lists that begin with a name, one for each, or, since Keras 3, as tensors with their
 * history.
 */
function namesIn(node: unknown): string[] {
  const names: string[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (depth > 6 || names.length > most.inputs || typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value)) {
      const { keras_history: history, ...others } = value as Record<string, unknown>;
      visit(history, depth + 1);
      for (const key of ['args', 'config']) visit(others[key], depth + 1);
      return;
    }
    const [first] = value as unknown[];
    if (typeof first === 'string') names.push(first);
    else for (const entry of value as unknown[]) visit(entry, depth + 1);
  };
  visit(node, 0);
  return names;
}

async function shardsOf({ paths, weights }: Group, file: string, left: number): Promise<Uint8Array> {
  const wanted = weights.reduce((sum, entry) => sum + bytesIn(entry), 0);
  if (wanted > left) throw wrong(file, `its weights would take ${wanted} bytes; ${remedy}`);
  const shards: Uint8Array[] = [];
  let length = 0;
  for (const path of paths) {
    if (!isNameInFolder(path))
      throw new UserError(
        `${file} says that its weights are in "${visibleText(path.slice(0, 200))}"; they must be in files of the same folder. Convert it again, with its weights beside it.`,
        { file },
      );
    const shard = await bytesOf(join(dirname(file), path), file, wanted - length);
    shards.push(shard);
    length += shard.length;
  }
  if (length !== wanted) throw wrong(file, `its weights take ${wanted} bytes, but their files have ${length}`);
  const [only] = shards;
  return only && shards.length === 1 ? only : Buffer.concat(shards);
}

function* tensorsIn(bytes: Uint8Array, entries: readonly WeightEntry[], file: string): Generator<[string, Tensor]> {
  let offset = 0;
  for (const entry of entries) {
    const part = bytes.subarray(offset, offset + bytesIn(entry));
    offset += part.length;
    const { name, shape, dtype, quantization } = entry;
    if (quantization && quantization.dtype !== 'float16')
      throw new UserError(
        `${file} has quantised weights (${visibleText(quantization.dtype)}); convert the network in floating point, and quantise after pruning.`,
        { file },
      );
    if (dtype === 'float32') yield [name, { shape, data: quantization ? fromHalves(part) : floats(part) }];
  }
}

const bytesPerValue: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  complex64: 8,
  float16: 2,
  uint16: 2,
  bool: 1,
  uint8: 1,
};

function bytesIn({ shape, dtype, quantization }: WeightEntry): number {
  const type = quantization?.dtype ?? dtype;
  return sizeOf(shape) * (Object.hasOwn(bytesPerValue, type) ? bytesPerValue[type]! : 4);
}

function floats(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

function fromHalves(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 2 }, (_, index) => halfToNumber(view.getUint16(2 * index, true)));
}

async function bytesOf(path: string, file: string, limit: number): Promise<Uint8Array> {
  try {
    return await readRegular(path, limit, remedy);
  } catch (cause) {
    if (errorCode(cause) !== 'ENOENT') throw cause;
    const missing =
      path === file
        ? `There is no file ${file}; check its path.`
        : `The weights of ${file} are in ${path}, which is not there: put the file that was written beside it back in its place.`;
    throw new UserError(missing, { file, cause });
  }
}

function wrong(file: string, reason: string): UserError {
  return new UserError(`${file} is not a whole TensorFlow.js LayersModel: ${reason}; convert it again.`, { file });
}

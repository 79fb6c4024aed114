import { visibleText } from '../../../base/visibleText';
import type { ReadKerasLayer, ReadLayersModel } from '../../../formats/tfjsFile';
import type { Shape } from '../../graph';
import { input } from '../../layers';
import { Unsupported, type ImportedNetwork } from '../parts/importedNetwork';
import { Problems } from '../parts/problems';
import { withProjections } from '../parts/projections';
import { kerasLayers } from './kerasLayers';
import { KerasReader, KerasState } from './kerasReader';

export interface TfjsImportOptions {
  /** What the network is called. */
  readonly name: string;
  /** Height and width of the images where the file leaves them open. */
  readonly size?: { readonly height: number; readonly width: number } | null;
}

/**
 * The network of a TensorFlow.js LayersModel, for training: its layers under their names in Keras, with their weights in
 * PyTorch's layouts. Everything that keeps it from being taken is told of.
 */
export function importTfjs(model: ReadLayersModel, { name, size = null }: TfjsImportOptions): ImportedNetwork {
  const state = new KerasState(model);
  const problems = new Problems();
  const output = outputOf(model, problems);
  let images = 0;
  for (const layer of inOrder(model.layers, problems)) {
    if (isInput(layer)) images += 1;
    convert(layer, { state, problems, size, isLast: layer.name === output?.name });
  }
  if (images !== 1) problems.add('', '', `It has ${images} inputs; a network here reads images alone.`);
  const logits = problems.isEmpty && output ? state.values.get(output.name)?.layer : undefined;
  const finished = logits === undefined ? null : finish(name, logits, state, problems);
  if (!finished) return { graph: null, tensors: new Map(), notes: [...state.notes], problems: problems.list };
  return { ...finished, notes: [...state.notes].map(visibleText), problems: [] };
}

function finish(name: string, output: string, { builder }: KerasState, problems: Problems) {
  const { channels, height, width } = builder.shapeOf(output);
  if (height * width !== 1 || channels < 2) {
    const given = `It gives ${channels} x ${height} x ${width} values for an image`;
    problems.add('', '', `${given}; a network here gives a number for each of several classes.`);
    return null;
  }
  try {
    const { graph, tensors } = builder.finish(name, output);
    return { graph: withProjections(graph), tensors };
  } catch (error) {
    problems.add('', '', error instanceof Error ? error.message : String(error));
    return null;
  }
}

function outputOf({ layers, outputs }: ReadLayersModel, problems: Problems): ReadKerasLayer | null {
  const [first] = outputs;
  const output = first === undefined ? layers.at(-1) : layers.find(({ name }) => name === first);
  if (!output) problems.add('', '', 'It does not say which layer gives its output.');
  if (outputs.length > 1) problems.add('', '', `It has ${outputs.length} outputs; a network here has one.`);
  return output ?? null;
}

/** Layers after those that they read; for ones that wait for each other, or read what is not there, there is a problem. */
function inOrder(layers: readonly ReadKerasLayer[], problems: Problems): ReadKerasLayer[] {
  const byName = new Map<string, ReadKerasLayer>();
  for (const layer of layers) {
    if (byName.has(layer.name)) problems.add(layer.name, layer.className, 'Another layer has its name.');
    byName.set(layer.name, layer);
  }
  const readers = new Map<string, ReadKerasLayer[]>();
  const waiting = new Map<ReadKerasLayer, number>();
  for (const layer of byName.values()) {
    const read = new Set(layer.inputs);
    waiting.set(layer, read.size);
    for (const name of read) {
      if (!byName.has(name))
        problems.add(layer.name, layer.className, `It reads "${name}", which nothing in the file gives.`);
      const others = readers.get(name);
      if (others) others.push(layer);
      else readers.set(name, [layer]);
    }
  }
  const ordered = [...byName.values()].filter((layer) => waiting.get(layer) === 0);
  for (const layer of ordered)
    for (const reader of readers.get(layer.name) ?? []) {
      const left = waiting.get(reader)! - 1;
      waiting.set(reader, left);
      if (left === 0) ordered.push(reader);
    }
  const [stuck] = [...byName.values()].filter(
    (layer) => !ordered.includes(layer) && layer.inputs.every((name) => byName.has(name)),
  );
  if (stuck) problems.add(stuck.name, stuck.className, 'It waits for layers that wait for it.');
  return ordered;
}

function isInput({ className }: ReadKerasLayer): boolean {
  return className === 'InputLayer';
}

interface Conversion {
  readonly state: KerasState;
  readonly problems: Problems;
  readonly size: (TfjsImportOptions['size'] & object) | null;
  readonly isLast: boolean;
}

function convert(layer: ReadKerasLayer, { state, problems, size, isLast }: Conversion): void {
  const maker = kerasLayers.get(layer.className);
  const followsFromOther = layer.inputs.some((name) => state.values.get(name) === null);
  try {
    if (layer.uses > 1)
      throw new Unsupported('It is used several times; layers that share weights cannot be trained here.');
    if (isInput(layer)) {
      putInput(layer, state, size);
      return;
    }
    if (!maker) throw new Unsupported(refusalOf(layer));
    if (followsFromOther) state.values.set(layer.name, null);
    else state.values.set(layer.name, maker(new KerasReader(layer, state, isLast)));
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    problems.add(layer.name, layer.className, error.message);
    state.values.set(layer.name, null);
  }
}

/** [batch, height, width, channels]. */
function putInput(layer: ReadKerasLayer, state: KerasState, size: Conversion['size']): void {
  const shape = imageShape(layer, size);
  const name = state.names.take(layer.name, { owner: true });
  state.builder.put(input(name, shape));
  state.values.set(layer.name, { layer: name, isFlat: false });
}

function imageShape({ config }: ReadKerasLayer, size: Conversion['size']): Shape {
  const extents: unknown = config.batch_input_shape ?? config.batch_shape;
  if (!Array.isArray(extents) || extents.length !== 4)
    throw new Unsupported('It does not read images; their shape is [batch, height, width, channels].');
  const [height, width, channels] = (extents as unknown[]).slice(1).map((extent) => {
    return typeof extent === 'number' && Number.isSafeInteger(extent) && extent > 0 ? extent : null;
  });
  if (typeof channels !== 'number') throw new Unsupported('It leaves the number of channels open.');
  const shape = { channels, height: height ?? size?.height, width: width ?? size?.width };
  if (shape.height === undefined || shape.width === undefined)
    throw new Unsupported('It leaves height and width open. Say the size of the images.');
  return { channels, height: shape.height, width: shape.width };
}

function refusalOf({ className }: ReadKerasLayer): string {
  if (['Functional', 'Model', 'Sequential'].includes(className))
    return 'It is a model within the model; build one model of all layers and convert that.';
  if (['Rescaling', 'Normalization', 'Resizing'].includes(className))
    return 'It prepares the images; leave that to the data set, and convert the network without.';
  return 'There is no layer for it here.';
}

import { channelScatter, pad, subsamplePad } from '../../../layers';
import { Unsupported } from '../../parts/importedNetwork';
import { NodeReader } from '../nodes/nodeReader';
import type { ImageValue } from '../nodes/values';
import { orIntegers } from './integers';
import type { Operators } from './operator';
import { inside } from '../../parts/sliding';

export const padding: Operators = { Pad: padded, Slice: orIntegers('Slice', slice) };

/** Zeros around the image, or channels of zeros as on the shortcuts of CIFAR ResNets. */
function padded(node: NodeReader): void {
  const image = node.image();
  const mode = node.text('mode', 'constant');
  const value = node.has(2) ? node.scalar(2) : node.float('value', 0);
  if (mode !== 'constant' || value !== 0)
    throw new Unsupported(
      `It pads with ${mode === 'constant' ? String(value) : `what the mode "${mode}" gives`}; only zeros can be had.`,
    );
  const { before, after } = padsByAxis(node);
  const [, channelsBefore, top, left] = before;
  const [, channelsAfter, bottom, right] = after;
  if (before[0] !== 0 || after[0] !== 0) throw new Unsupported('It pads images, not what is in them.');
  const margins = inside({ top: top!, left: left!, bottom: bottom!, right: right! });
  const isAround = Object.values(margins).some((margin) => margin > 0);
  if (channelsBefore === 0 && channelsAfter === 0) {
    if (isAround) node.layer(image, 'pad', (name) => pad(name, image.layer, margins));
    else node.give(image);
  } else if (isAround) throw new Unsupported('It pads channels and places at once.');
  else appendChannels(node, image, channelsBefore!, channelsAfter!);
}

/** In the order of [batch, channels, height, width]. */
function padsByAxis(node: NodeReader): { before: number[]; after: number[] } {
  const pads = (node.ints('pads') ?? node.integers(1)).map(Number);
  const axes = node.has(3) ? node.integers(3).map(Number) : [0, 1, 2, 3];
  const [before, after] = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ];
  if (pads.length !== 2 * axes.length) throw new Unsupported(`It has ${pads.length} paddings for ${axes.length} axes.`);
  for (const [index, axis] of axes.entries()) {
    before[axis < 0 ? axis + 4 : axis] = pads[index]!;
    after[axis < 0 ? axis + 4 : axis] = pads[index + axes.length]!;
  }
  return { before, after };
}

function appendChannels(node: NodeReader, image: ImageValue, front: number, back: number): void {
  const { state } = node;
  const { channels } = node.shape(image);
  if (!(front >= 0 && back >= 0)) throw new Unsupported('It cuts channels off, which no layer here does.');
  if (front > 0) {
    const count = front + channels + back;
    const positions = Array.from({ length: channels }, (_, channel) => front + channel);
    const name = state.nameOf(node.node, 'channelScatter');
    const fill = { shape: [count], data: new Float32Array(count) };
    state.put(channelScatter(name, image.layer, count, positions), { fill });
    node.give({ ...image, layer: name });
    return;
  }
  const before = state.builder.layer(image.layer);
  const takesIn =
    before.kind === 'subsamplePad' && before.appendedChannels === 0 && state.soleReader(node.node.inputs[0]!) !== null;
  const [from, stride] = takesIn ? [before.inputs[0]!, before.stride] : [image.layer, 1];
  node.layer(image, 'subsamplePad', (name) => subsamplePad(name, from, stride, back));
}

/** Every so many rows and columns, by one node for both axes or two, one behind the other. */
function slice(node: NodeReader): void {
  const image = node.image();
  const own = stepsOf(node, image);
  if (own.every((step) => step === 1)) {
    node.give(image);
    return;
  }
  const output = node.node.outputs[0] ?? '';
  const next = own[0] === own[1] ? null : node.state.soleReader(output);
  const second = next?.operator === 'Slice' ? new NodeReader(next, node.state) : null;
  const steps = second ? stepsOf(second, image) : [1, 1];
  const [rows, columns] = [own[0] * (steps[0] ?? 1), own[1] * (steps[1] ?? 1)];
  if (rows !== columns)
    throw new Unsupported(`It takes every ${rows} rows and every ${columns} columns; both must be alike.`);
  node.layer(image, 'subsamplePad', (name) => subsamplePad(name, image.layer, rows, 0));
  if (!second) return;
  node.state.done.add(second.node);
  second.give(node.state.values.get(output)!);
}

/** Steps along height and width. Throws an Unsupported where something else is left out. */
function stepsOf(node: NodeReader, image: ImageValue): [rows: number, columns: number] {
  const { channels, height, width } = node.shape(image);
  // Of all images the number is not known; to take all of them, exporters take as many as there can be.
  const sizes = [2 ** 31 - 1, channels, height, width];
  const found: [number, number] = [1, 1];
  for (const { start, end, axis, step } of partsOf(node)) {
    const isWhole = start === 0 && end >= (sizes[axis] ?? Infinity);
    if (!isWhole || step < 1 || (axis < 2 && step !== 1))
      throw new Unsupported(
        'It takes a part of the activations; only every so many rows and columns of all can be taken.',
      );
    if (axis >= 2) found[axis - 2] = step;
  }
  return found;
}

interface Part {
  readonly start: number;
  readonly end: number;
  readonly axis: number;
  readonly step: number;
}

function partsOf(node: NodeReader): Part[] {
  const [starts, ends, axes, steps] = ['starts', 'ends', 'axes', 'steps'].map((name, index) =>
    node.axes(name, index + 1),
  );
  return (starts ?? []).map((start, index) => {
    const axis = axes?.[index] ?? index;
    return { start, end: ends?.[index] ?? 0, axis: axis < 0 ? axis + 4 : axis, step: steps?.[index] ?? 1 };
  });
}

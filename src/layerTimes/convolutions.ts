import { fullWidths, type Widths } from '../network/cost';
import type { Layer, LayerGraph } from '../network/graph';
import { inferShapes } from '../network/shapes';

/**
 * What convolutions have in common that differ by their channels alone. A strided one is taken for one at stride 1 that gives
 * the same output: it does the same work.
 */
export interface ConvolutionShape {
  /** Side of a square kernel, odd, so that an image can keep its size. */
  readonly kernel: number;
  /** Of the output, in pixels. */
  readonly height: number;
  readonly width: number;
}

/** Channels of a convolution. */
export interface Channels {
  readonly inputs: number;
  readonly outputs: number;
}

/** `3x3 at 32x32`. */
export function shapeText({ kernel, height, width }: ConvolutionShape): string {
  return `${kernel}x${kernel} at ${height}x${width}`;
}

/** A convolution of a network, whose channels depend on the widths. */
export interface PlannedConvolution extends ConvolutionShape {
  /** Places of the kernel, of those of the square one that stands for it; 1 for all usual kernels. */
  readonly share: number;
  /** Null where it is not needed at these widths. */
  readonly channelsAt: (widths: Widths) => Channels | null;
}

/**
 * The convolutions that a network may run, placements of channels at shortcuts among them, which are 1x1 convolutions in its
 * file. Those that read the images are left out, as what is pruned hardly changes them. Those with groups, depthwise ones among
 * them, belong to the rest of a network's time.
 */
export function plannedConvolutions(graph: LayerGraph): PlannedConvolution[] {
  const shapes = inferShapes(graph);
  const kinds = new Map(graph.layers.map(({ name, kind }) => [name, kind]));
  const at = (
    { name }: Layer,
    [rows, columns]: readonly [number, number],
    channelsAt: PlannedConvolution['channelsAt'],
  ): PlannedConvolution => {
    const { height, width } = shapes.get(name)!;
    const kernel = nearestOdd(Math.sqrt(rows * columns));
    return { kernel, height, width, share: (rows * columns) / kernel ** 2, channelsAt };
  };
  return graph.layers.flatMap((layer): PlannedConvolution[] => {
    const [input] = layer.inputs;
    const between = (widths: Widths, names: readonly string[]) => ({
      inputs: whole(widths.get(input!)!),
      outputs: Math.max(...names.map((name) => whole(widths.get(name)!))),
    });
    if (layer.kind === 'conv') {
      const isPlanned = kinds.get(input!) !== 'input' && layer.groups === 1;
      return isPlanned ? [at(layer, layer.kernel, (widths) => between(widths, [layer.name]))] : [];
    }
    if (layer.kind === 'channelScatter') return [at(layer, pointwise, (widths) => between(widths, [layer.name]))];
    if (layer.kind === 'subsamplePad' && layer.appendedChannels > 0) {
      const readers = [layer.name, ...readersOf(graph, layer.name)];
      return [at(layer, pointwise, (widths) => between(widths, readers))];
    }
    if (layer.kind === 'add')
      return layer.inputs
        .filter((name) => kinds.get(name) !== 'subsamplePad')
        .map((name) => at(layer, pointwise, (widths) => placementAt(widths, name, layer.name)));
    return [];
  });
}

/** A sum that has more channels than what it adds needs them put in place. */
function placementAt(widths: Widths, from: string, sum: string): Channels | null {
  const [inputs, outputs] = [whole(widths.get(from)!), whole(widths.get(sum)!)];
  return inputs < outputs ? { inputs, outputs } : null;
}

/** Shares of filters are no binary numbers. */
function whole(width: number): number {
  return Math.ceil(width - 1e-6);
}

const pointwise = [1, 1] as const;

function nearestOdd(value: number): number {
  return 2 * Math.max(0, Math.round((value - 1) / 2)) + 1;
}

function readersOf({ layers }: LayerGraph, name: string): string[] {
  return layers.filter(({ inputs }) => inputs.includes(name)).map((layer) => layer.name);
}

/** The shapes of all convolutions that a network may run when it is pruned, each with the most channels of any of them. */
export function shapesToMeasure(graph: LayerGraph): (ConvolutionShape & { readonly most: number })[] {
  const full = fullWidths(graph);
  const sums = inferShapes(graph);
  const found = new Map<string, ConvolutionShape & { readonly most: number }>();
  const take = (shape: ConvolutionShape, channels: number): void => {
    const { kernel, height, width } = shape;
    found.set(shapeText(shape), {
      kernel,
      height,
      width,
      most: Math.max(channels, found.get(shapeText(shape))?.most ?? 0),
    });
  };
  for (const planned of plannedConvolutions(graph)) {
    const channels = planned.channelsAt(full);
    if (channels) take(planned, Math.max(channels.inputs, channels.outputs));
  }
  for (const { kind, name } of graph.layers) {
    const { channels, height, width } = sums.get(name)!;
    if (kind === 'add') take({ kernel: 1, height, width }, channels);
  }
  return [...found.values()];
}

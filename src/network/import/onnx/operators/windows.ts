import type { Shape } from '../../../graph';
import type { Margins } from '../../../layers/graphOps';
import { Unsupported } from '../../importedNetwork';
import type { NodeReader } from '../nodes/nodeReader';

/** How a kernel or a window of a node slides over an image, before it is put into our form. */
export interface Sliding {
  readonly kernel: readonly [height: number, width: number];
  readonly stride: number;
  readonly dilation: number;
  readonly margins: Margins;
}

/** What a node says of its window, over an image of the given shape. */
export function slidingOf(node: NodeReader, kernel: readonly number[], { height, width }: Shape): Sliding {
  if (kernel.length !== 2)
    throw new Unsupported(`It slides along ${kernel.length} axes; only images of height and width can be had.`);
  const stride = bothAlike(node.ints('strides') ?? [1, 1], 'strides');
  const dilation = bothAlike(node.ints('dilations') ?? [1, 1], 'dilations');
  const taps = [kernel[0]!, kernel[1]!] as const;
  const automatic = node.text('auto_pad', 'NOTSET');
  const reach = (size: number, count: number): number =>
    Math.max(0, (Math.ceil(size / stride) - 1) * stride + dilation * (count - 1) + 1 - size);
  const around = [reach(height, taps[0]), reach(width, taps[1])] as const;
  return { kernel: taps, stride, dilation, margins: marginsOf(node, automatic, around) };
}

function marginsOf(node: NodeReader, automatic: string, [rows, columns]: readonly [number, number]): Margins {
  const [fewerRows, fewerColumns] = [rows >> 1, columns >> 1];
  switch (automatic) {
    case 'NOTSET':
    case '': {
      const [top, left, bottom, right, ...others] = node.ints('pads') ?? [0, 0, 0, 0];
      if (right === undefined || others.length > 0) throw new Unsupported('Its "pads" are not four numbers.');
      return inside({ top: top!, left: left!, bottom: bottom!, right });
    }
    case 'VALID':
      return { top: 0, left: 0, bottom: 0, right: 0 };
    case 'SAME_UPPER':
      return { top: fewerRows, left: fewerColumns, bottom: rows - fewerRows, right: columns - fewerColumns };
    case 'SAME_LOWER':
      return { top: rows - fewerRows, left: columns - fewerColumns, bottom: fewerRows, right: fewerColumns };
    default:
      throw new Unsupported('Its "auto_pad" is none that the format has.');
  }
}

/** Throws an Unsupported for margins that cut the image. */
export function inside(margins: Margins): Margins {
  if (Object.values(margins).some((margin) => !(margin >= 0)))
    throw new Unsupported('It pads by less than nothing, which cuts the image; that cannot be had.');
  return margins;
}

/** The same padding of all sides; null where they differ. */
export function samePadding({ top, left, bottom, right }: Margins): number | null {
  return top === left && top === bottom && top === right ? top : null;
}

function bothAlike(values: readonly number[], what: string): number {
  const [first, second] = values;
  if (values.length !== 2 || first !== second)
    throw new Unsupported(`Its ${what} are [${values.slice(0, 5).join(', ')}]; height and width must have the same.`);
  return first!;
}

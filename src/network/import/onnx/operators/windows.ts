import type { Shape } from '../../../graph';
import type { Margins } from '../../../layers/graphOps';
import { Unsupported } from '../../parts/importedNetwork';
import { bothAlike, inside, noMargins, sameReach, sharedOut, type Sliding } from '../../parts/sliding';
import type { NodeReader } from '../nodes/nodeReader';

/** What a node says of its window, over an image of the given shape. */
export function slidingOf(node: NodeReader, kernel: readonly number[], shape: Shape): Sliding {
  const [height, width, ...others] = kernel;
  if (height === undefined || width === undefined || others.length > 0)
    throw new Unsupported(`It slides along ${kernel.length} axes; only images of height and width can be had.`);
  const window = {
    kernel: [height, width] as const,
    stride: bothAlike(node.ints('strides') ?? [1, 1], 'strides'),
    dilation: bothAlike(node.ints('dilations') ?? [1, 1], 'dilations'),
  };
  return { ...window, margins: marginsOf(node, sameReach(shape, window)) };
}

function marginsOf(node: NodeReader, same: readonly [rows: number, columns: number]): Margins {
  switch (node.text('auto_pad', 'NOTSET')) {
    case 'NOTSET':
    case '': {
      const [top, left, bottom, right, ...others] = node.ints('pads') ?? [0, 0, 0, 0];
      if (right === undefined || others.length > 0) throw new Unsupported('Its "pads" are not four numbers.');
      return inside({ top: top!, left: left!, bottom: bottom!, right });
    }
    case 'VALID':
      return noMargins;
    case 'SAME_UPPER':
      return sharedOut(same);
    case 'SAME_LOWER': {
      const { top, left, bottom, right } = sharedOut(same);
      return { top: bottom, left: right, bottom: top, right: left };
    }
    default:
      throw new Unsupported('Its "auto_pad" is none that the format has.');
  }
}

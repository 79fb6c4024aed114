import type { NodeReader } from '../nodes/nodeReader';
import type { ImageValue } from '../nodes/values';

/** The extents of activations as the file has them; `batch` where the number of images is open. */
export function shapeInFile(node: NodeReader, value: ImageValue): (number | 'batch')[] {
  const { channels, height, width } = node.shape(value);
  const batch = node.state.batch ?? 'batch';
  switch (value.layout) {
    case 'channelsFirst':
      return [batch, channels, height, width];
    case 'channelsLast':
      return [batch, height, width, channels];
    case 'flat':
      return [batch, channels * height * width];
  }
}

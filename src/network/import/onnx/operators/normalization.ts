import type { BatchNormLayer } from '../../../layers';
import { Unsupported } from '../../parts/importedNetwork';
import { meantNumber, type NodeReader } from '../nodes/nodeReader';
import type { Operators } from './operator';

export const normalization: Operators = { BatchNormalization: batchNormalization };

/** Its further outputs in training are running statistics, which here belong to the layer. */
function batchNormalization(node: NodeReader): void {
  const image = node.activations();
  if (image.layout === 'channelsLast')
    throw new Unsupported(
      'It normalises [batch, height, width, channels]; channels must come before height and width.',
    );
  if (node.int('training_mode', 0) !== 0)
    node.state.notes.add(
      'It was exported in training mode, which moves the running means and variances of batch norms by the example images; ' +
        'call model.eval() before the export to keep them.',
    );
  const constants = [1, 2, 3, 4].map((index) => node.constant(index));
  const [weight, bias, mean, variance] = constants.map((constant) => node.tensor(constant));
  // In ONNX, momentum is the share of the running value that is kept.
  const momentum = meantNumber(Math.fround(1 - node.float('momentum', 0.9)));
  const epsilon = node.float('epsilon', 1e-5);
  if (!(epsilon > 0) || !(momentum >= 0 && momentum <= 1))
    throw new Unsupported(`Its epsilon is ${epsilon} and its momentum ${1 - momentum}, which cannot be.`);
  const layerOf = (name: string): BatchNormLayer => ({
    kind: 'batchNorm',
    name,
    inputs: [image.layer],
    epsilon,
    momentum,
  });
  const tensors = { weight: weight!, bias: bias!, mean: mean!, variance: variance! };
  node.layerWithTensors(image, constants, layerOf, tensors);
}

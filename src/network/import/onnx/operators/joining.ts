import { concat } from '../../../layers';
import { Unsupported } from '../../parts/importedNetwork';
import type { NodeReader } from '../nodes/nodeReader';
import type { ImageValue } from '../nodes/values';
import { firstOfSameForm } from './elementwise';
import { orIntegers } from './integers';
import type { Operators } from './operator';

export const joining: Operators = { Concat: orIntegers('Concat', concatenation) };

const channelAxis: Readonly<Record<ImageValue['layout'], readonly number[]>> = {
  channelsFirst: [1, -3],
  channelsLast: [3, -1],
  flat: [1, -1],
};

function concatenation(node: NodeReader): void {
  const values = node.node.inputs.map((_, index) => node.activations(index));
  const first = firstOfSameForm(values);
  const axis = node.int('axis', 1);
  if (!channelAxis[first.layout].includes(axis))
    throw new Unsupported(`It joins along axis ${axis}; only channels can be joined.`);
  if (first.channelsWereLast) throw new Unsupported('It joins features of images whose channels come last.');
  if (values.length === 1) node.give(first);
  else node.layer(first, 'concat', (name) => concat(name, ...values.map(({ layer }) => layer)));
}

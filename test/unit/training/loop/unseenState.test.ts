import { expect, it } from 'vitest';
import { initialState } from '../../../../src/network/initialState';
import { cifarResNet } from '../../../../src/network/zoo/cifarResNet';
import { compact } from '../../../../src/pruning/compaction/compact';
import { UnseenState } from '../../../../src/training/loop/unseenState';

const graph = cifarResNet('resnet8', 8, { channels: 3, height: 8, width: 8 }, 10);
const pruned = ['stage1.block1.conv1.weight', 'stage1.block1.bn1.weight', 'stage1.block1.bn1.bias'];

/** Of the first convolution of the first block only filter 0 is left. */
function maskedState() {
  const state = initialState(graph, 1);
  for (const name of pruned) {
    const { data, shape } = state.parameters.get(name)!;
    data.fill(0, data.length / shape[0]!);
    state.momenta.get(name)!.data.fill(7);
  }
  state.momenta.get('stage1.block1.conv2.weight')!.data.fill(0.5);
  state.statistics.get('stage1.block1.bn1.running_mean')!.data.fill(3);
  return state;
}

function unseenAfter(learningRates: readonly number[], nesterov: boolean) {
  const state = maskedState();
  const compaction = compact(graph, new Map([...state.parameters, ...state.statistics]));
  const unseen = new UnseenState(compaction, state, { momentum: 0.9, nesterov, weightDecay: 0.1 });
  for (const rate of learningRates) unseen.step(rate);
  return { state, spread: unseen.spread() };
}

it.each([false, true])('weights that read removed channels only decay, Nesterov: %s', (nesterov) => {
  const { state, spread } = unseenAfter([0.1, 0.05], nesterov);
  const start = state.parameters.get('stage1.block1.conv2.weight')!.data;
  const [weights, momenta] = [spread.parameters, spread.momenta].map(
    (tensors) => tensors.get('stage1.block1.conv2.weight')!.data,
  );
  // [16, 16, 3, 3]: of every filter the first nine weights read what is left.
  for (const index of [9, 100, 143, 153, 2303]) {
    let [weight, momentum] = [start[index]!, 0.5];
    for (const rate of [0.1, 0.05]) {
      const gradient = 0.1 * weight;
      momentum = 0.9 * momentum + gradient;
      weight -= rate * (nesterov ? gradient + 0.9 * momentum : momentum);
    }
    expect(weights![index]).toBeCloseTo(weight, 6);
    expect(momenta![index]).toBeCloseTo(momentum, 6);
  }
  expect([...weights!.subarray(144, 153), ...momenta!.subarray(144, 153)]).toEqual(new Array(18).fill(0));
});

it('removed filters are zero, with their momenta, and their running statistics fade', () => {
  const { spread } = unseenAfter([0.1, 0.1], false);
  for (const name of pruned)
    for (const tensors of [spread.parameters, spread.momenta])
      expect([...tensors.get(name)!.data].every((value) => value === 0)).toBe(true);
  const mean = spread.statistics.get('stage1.block1.bn1.running_mean')!.data;
  const variance = spread.statistics.get('stage1.block1.bn1.running_var')!.data;
  expect(mean[0]).toBe(0);
  expect(mean[5]).toBeCloseTo(3 * 0.81, 6);
  expect(variance[5]).toBeCloseTo(0.81, 6);
});

import { expect, test } from 'vitest';
import { withMeasuredRates } from '../../../src/experiment/suggestedRates';
import { readExperiment } from '../../../src/experiment/read';
import { prunableOf, type Grouping } from '../../../src/pruning/groups';
import { buildNetwork } from '../../../src/network/zoo';

const measured = (grouping: Grouping, rate = 0.5) =>
  prunableOf(buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10), grouping).pools.map(
    ({ layers, groups }) => ({ layers, groups: groups.length, rate }),
  );

test.each(['independent', 'coupled'] as const)('rates of %s filters are written for every layer', (groups) => {
  const text = JSON.stringify({ pruning: { groups } });
  const { experiment, problems } = readExperiment(withMeasuredRates(text, measured(groups), groups), 'x');
  expect(problems).toEqual([]);
  expect(new Set(Object.values(experiment!.config.pruning.layers).map(({ rate }) => rate))).toEqual(new Set([0.5]));
});

test('a config with another network, another grouping or a mistake is left alone', () => {
  const refused = (config: object) => () =>
    withMeasuredRates(JSON.stringify(config), measured('independent'), 'independent');
  expect(refused({ model: { arch: 'resnet32' } })).toThrow(/now trains .*other layers/);
  expect(refused({ sweep: { 'model.arch': ['resnet20', 'resnet32'] } })).toThrow(/other layers/);
  expect(refused({ pruning: { groups: 'coupled' } })).toThrow('measured "independent"');
  expect(refused({ pruning: { rate: 2 } })).toThrow(/mistake in line 1/);
});

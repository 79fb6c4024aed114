import { expect, test } from 'vitest';
import { runConfigSchema, type ConfigInput } from '../../../src/config/schema';
import { runSchedule } from '../../../src/experiment/runSchedule';

const scheduleOf = (config: ConfigInput) =>
  runSchedule(runConfigSchema.parse({ name: 'test', ...config, training: { epochs: 6, ...config.training } }));
const prunesAt = (config: ConfigInput) =>
  [-1, 0, 1, 2, 3, 4, 5].filter((epoch) => scheduleOf(config).pruningAfter(epoch) !== null);

test('a run prunes as its config says, settling included', () => {
  expect(prunesAt({ pruning: { everyEpochs: 3 } })).toEqual([-1, 0, 3, 5]);
  expect(prunesAt({ pruning: { settleEpochs: 4 } })).toEqual([-1, 0, 1]);
  expect(scheduleOf({ pruning: { settleEpochs: 4 } }).holds(2)).toBe(true);
});

test('coupled masks wait until the network has learned something', () => {
  expect(prunesAt({ pruning: { groups: 'coupled', everyEpochs: 3 } })).toEqual([0, 3, 5]);
  const pretrained = { training: { initialWeights: 'weights.safetensors' }, pruning: { groups: 'coupled' } } as const;
  expect(prunesAt(pretrained)).toContain(-1);
});

import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse';
import { runConfigSchema, type Config } from '../../../src/config/schema';
import { combinationCount, experimentName, sweptConfigs } from '../../../src/config/sweep';

function config(value: object): Config {
  const { config: parsed, problems } = parseConfig(JSON.stringify(value));
  expect(problems).toEqual([]);
  return parsed!;
}

describe('the runs of a config', () => {
  test('without a sweep are one, with its name or the given one', () => {
    expect(sweptConfigs(config({ name: 'mine' }), 'file').map(({ name }) => name)).toEqual(['mine']);
    expect(sweptConfigs(config({}), 'file').map(({ name }) => name)).toEqual(['file']);
  });

  test('are all combinations, the last setting changing fastest', () => {
    const sweep = { 'pruning.criterion': ['l1', 'l2'], 'training.seed': [1, 2, 3] };
    const runs = sweptConfigs(config({ name: 'resnet20', sweep }), '');
    expect(runs.map(({ name, pruning, training }) => [name, pruning.criterion, training.seed])).toEqual([
      ['resnet20-l1-seed1', 'l1', 1],
      ['resnet20-l1-seed2', 'l1', 2],
      ['resnet20-l1-seed3', 'l1', 3],
      ['resnet20-l2-seed1', 'l2', 1],
      ['resnet20-l2-seed2', 'l2', 2],
      ['resnet20-l2-seed3', 'l2', 3],
    ]);
    expect(combinationCount(sweep)).toBe(6);
    expect(combinationCount(undefined)).toBe(1);
  });

  test('get a suffix for what differs only', () => {
    const sweep = {
      'pruning.criterion': ['l1'],
      'pruning.rate': [0.1, 0.3],
      'training.optimizer.nesterov': [true, false],
      'data.limit': [null],
    };
    const runs = sweptConfigs(config({ name: 'r', sweep }), '');
    expect(runs.map(({ name }) => name)).toEqual([
      'r-rate0.1-nesterov-true',
      'r-rate0.1-nesterov-false',
      'r-rate0.3-nesterov-true',
      'r-rate0.3-nesterov-false',
    ]);
    expect(runs.every(({ pruning }) => pruning.criterion === 'l1')).toBe(true);
  });

  test('keep all other settings, and hold neither sweep nor schema', () => {
    const settings = {
      training: { optimizer: { momentum: 0.5 } },
      sweep: { 'training.optimizer.weightDecay': [0, 1e-4] },
    };
    const [first, second] = sweptConfigs(config({ $schema: 'x', ...settings }), 'r');
    expect(first?.training.optimizer).toMatchObject({ momentum: 0.5, weightDecay: 0 });
    expect(second?.training.optimizer).toMatchObject({ momentum: 0.5, weightDecay: 1e-4 });
    expect(Object.keys(first!).toSorted()).toEqual(['data', 'engine', 'model', 'name', 'pruning', 'training']);
    expect(runConfigSchema.parse(first)).toEqual(first);
  });

  test('have names that fit into a folder’s', () => {
    const sweep = Object.fromEntries(
      ['training.epochs', 'training.batchSize', 'training.seed', 'pruning.everyEpochs', 'engine.threads'].map(
        (path) => [path, [1, 2]],
      ),
    );
    const runs = sweptConfigs(config({ name: 'n'.repeat(64), sweep }), '');
    expect(Math.max(...runs.map(({ name }) => name.length))).toBeLessThanOrEqual(100);
  });
});

test.each([
  ['resnet20', 'resnet20'],
  ['ResNet 20 (L1)', 'ResNet-20-L1-'],
  ['.hidden', 'hidden'],
  ['日本', 'experiment'],
])('an experiment in a file %j is called %j when its config gives no name', (file, name) => {
  expect(experimentName(config({}), file)).toBe(name);
  expect(experimentName(config({ name: 'mine' }), file)).toBe('mine');
});

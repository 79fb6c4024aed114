import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse';
import { runConfigSchema, type Config } from '../../../src/config/schema';
import { experimentName, settingAt, sweptConfigs } from '../../../src/config/sweep';

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
    expect(Object.keys(first!).toSorted()).toEqual(['data', 'engine', 'logs', 'model', 'name', 'pruning', 'training']);
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

describe('a range', () => {
  const rates = (range: object) =>
    sweptConfigs(config({ name: 'r', sweep: { 'pruning.rate': range } }), '').map(({ pruning }) => pruning.rate);

  test('has the numbers that a person would write', () => {
    expect(rates({ from: 0.1, to: 0.5, count: 5 })).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(rates({ from: 0.7, to: 0, count: 8 })).toEqual([0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0]);
    expect(rates({ from: 0, to: 0.5, count: 4 })).toEqual([0, 0.166667, 0.333333, 0.5]);
    expect(rates({ from: 0.001, to: 0.1, count: 3, scale: 'log' })).toEqual([0.001, 0.01, 0.1]);
  });

  test('is whole where the setting is', () => {
    const sweep = { 'training.batchSize': { from: 16, to: 256, count: 4, scale: 'log' } };
    const runs = sweptConfigs(config({ name: 'r', sweep }), '');
    expect(runs.map(({ name }) => name)).toEqual([
      'r-batchSize16',
      'r-batchSize40',
      'r-batchSize102',
      'r-batchSize256',
    ]);
  });

  test('is named as a list of the same values', () => {
    const named = (values: unknown) =>
      sweptConfigs(config({ sweep: { 'pruning.rate': values, 'training.seed': [1, 2] } }), 'r').map(({ name }) => name);
    expect(named({ from: 0.1, to: 0.3, count: 3 })).toEqual(named([0.1, 0.2, 0.3]));
  });
});

describe('repeats', () => {
  test('are seeds from the config’s own on, the same for all combinations', () => {
    const sweep = { 'pruning.criterion': ['l1', 'l2'], repeats: 2 };
    const runs = sweptConfigs(config({ name: 'r', training: { seed: 7 }, sweep }), '');
    expect(runs.map(({ name, training }) => [name, training.seed])).toEqual([
      ['r-l1-seed7', 7],
      ['r-l1-seed8', 8],
      ['r-l2-seed7', 7],
      ['r-l2-seed8', 8],
    ]);
  });

  test('are as a sweep over these seeds', () => {
    const runs = (sweep: object) => sweptConfigs(config({ name: 'r', sweep }), '');
    expect(runs({ repeats: 3 })).toEqual(runs({ 'training.seed': [1, 2, 3] }));
    expect(runs({ repeats: 1 }).map(({ name }) => name)).toEqual(['r']);
  });
});

describe('points and exclusions', () => {
  const namesOf = (sweep: object, more: object = {}) =>
    sweptConfigs(config({ name: 'r', ...more, sweep }), '').map(({ name }) => name);

  test('a point is a run beside the combinations, with the config’s other settings', () => {
    const sweep = {
      'pruning.criterion': ['l1', 'l2'],
      'pruning.rate': [0.1, 0.2],
      points: [{ 'pruning.rate': 0.4, 'pruning.criterion': 'fpgm' }, { 'training.epochs': 5 }],
    };
    expect(namesOf(sweep, { pruning: { rate: 0.3, criterion: 'random' } })).toEqual([
      'r-l1-rate0.1',
      'r-l1-rate0.2',
      'r-l2-rate0.1',
      'r-l2-rate0.2',
      'r-fpgm-rate0.4',
      'r-random-rate0.3-epochs5',
    ]);
  });

  test('one that is there already is not made twice', () => {
    const points = [{ 'pruning.rate': 0.2 }, { 'pruning.rate': 0.5 }, { 'pruning.rate': 0.5, 'training.seed': 1 }];
    expect(namesOf({ 'pruning.rate': [0.1, 0.2], points })).toEqual(['r-rate0.1', 'r-rate0.2', 'r-rate0.5']);
  });

  test('points alone are all there is', () => {
    const points = [{ 'pruning.rate': 0.1 }, { 'pruning.criterion': 'l1' }];
    expect(namesOf({ points })).toEqual(['r-rate0.1', 'r-l1']);
    expect(namesOf({ points, repeats: 2 })).toEqual(['r-rate0.1-seed1', 'r-rate0.1-seed2', 'r-l1-seed1', 'r-l1-seed2']);
  });

  test('an exclusion leaves out what has all of its values, and no point', () => {
    const sweep = {
      'pruning.criterion': ['l1', 'l2'],
      'pruning.rate': { from: 0.1, to: 0.3, count: 3 },
      exclude: [{ 'pruning.criterion': 'l2', 'pruning.rate': 0.2 }, { 'pruning.rate': 0.3 }],
      points: [{ 'pruning.rate': 0.3 }],
    };
    expect(namesOf(sweep)).toEqual(['r-l1-rate0.1', 'r-l1-rate0.2', 'r-l2-rate0.1', 'r-l2-rate0.3']);
  });
});

test('a setting is found by its dotted path', () => {
  expect(settingAt(config({}), 'training.optimizer.momentum')).toBe(0.9);
  expect(settingAt(config({}), 'training.nothing.there')).toBeUndefined();
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

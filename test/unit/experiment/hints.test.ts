import { describe, expect, test } from 'vitest';
import { withSettingWritten } from '../../../src/config/edit';
import { readExperiment } from '../../../src/experiment/read';

const hintsOf = (config: object | string) =>
  readExperiment(typeof config === 'string' ? config : JSON.stringify(config), 'net').hints;

/** The text after the only hint's fix. */
function fixed(text: string): string {
  const [hint, ...others] = hintsOf(text);
  expect(others).toEqual([]);
  return hint!.edits.reduce((edited, { path, value }) => withSettingWritten(edited, path, value), text);
}

describe('learning rates for random weights at a pretrained start', () => {
  test('are told at the weights, with the highest rate', () => {
    const [hint] = hintsOf('{"training":{"initialWeights":"start.safetensors"}}');
    expect(hint).toMatchObject({ line: 1, column: 31, fix: 'Divide all learning rates by ten' });
    expect(hint!.message).toMatch(/^Training starts from "start\.safetensors" with learning rates up to 0\.1, .*tenth/);
  });

  test('are divided by ten: the paper’s schedule is written down', () => {
    const text = '{ "training": { "initialWeights": "start.safetensors" } }';
    const { experiment, hints } = readExperiment(fixed(text), 'net');
    expect(experiment?.config.training.learningRateSchedule).toEqual([
      { epoch: 0, learningRate: 0.001 },
      { epoch: 1, learningRate: 0.01 },
      { epoch: 60, learningRate: 0.002 },
      { epoch: 120, learningRate: 0.0004 },
      { epoch: 160, learningRate: 0.00008 },
    ]);
    expect(hints).toEqual([]);
  });

  test('a schedule that is there keeps its comments', () => {
    const schedule = (first: number, second: number) => `{
  "training": {
    "initialWeights": "resnet20-l2",
    "learningRateSchedule": [
      // warm up
      { "epoch": 0, "learningRate": ${first} },
      { "epoch": 3, "learningRate": ${second} } // down
    ]
  }
}
`;
    expect(fixed(schedule(0.2, 0.03))).toBe(schedule(0.02, 0.003));
  });

  test('without a schedule the optimizer’s rate is divided, or those that are swept over', () => {
    const training = { initialWeights: 'start.safetensors', learningRateSchedule: [] };
    expect(fixed(JSON.stringify({ training: { ...training, optimizer: { learningRate: 0.3 } } }))).toContain(
      '"learningRate":0.03',
    );
    const swept = { training, sweep: { 'training.optimizer.learningRate': [0.1, 0.2] } };
    expect(JSON.parse(fixed(JSON.stringify(swept)))).toEqual({
      training,
      sweep: { 'training.optimizer.learningRate': [0.01, 0.02] },
    });
  });

  test('of a range the ends are divided, and of points their own rates', () => {
    const training = { initialWeights: 'start.safetensors', learningRateSchedule: [] };
    const range = { from: 0.1, to: 0.4, count: 3 };
    const points = [{ 'training.optimizer.learningRate': 0.5 }];
    const swept = { training, sweep: { 'training.optimizer.learningRate': range, points } };
    expect(JSON.parse(fixed(JSON.stringify(swept)))).toEqual({
      training,
      sweep: {
        'training.optimizer.learningRate': { from: 0.01, to: 0.04, count: 3 },
        points: [{ 'training.optimizer.learningRate': 0.05 }],
      },
    });
  });

  test('weights in a sweep are told there', () => {
    const text = '{"sweep":{"training.initialWeights":[null,"start.safetensors"]}}';
    expect(hintsOf(text)).toMatchObject([{ column: 37 }]);
  });

  test('small rates, and random weights, are no matter', () => {
    const schedule = [{ epoch: 0, learningRate: 0.05 }];
    expect(hintsOf({ training: { initialWeights: 'start.safetensors', learningRateSchedule: schedule } })).toEqual([]);
    expect(hintsOf({ training: { epochs: 60 } })).toEqual([]);
  });
});

describe('a short run that does not settle', () => {
  test('is told at its epochs, and settles for their last third', () => {
    const text = '{ "training": { "epochs": 12 } }';
    expect(hintsOf(text)).toMatchObject([{ line: 1, column: 27, endColumn: 29, fix: 'Let the last 4 epochs settle' }]);
    const { experiment, hints } = readExperiment(fixed(text), 'net');
    expect(experiment?.config.pruning.settleEpochs).toBe(4);
    expect(hints).toEqual([]);
  });

  test.each([
    ['a long one', { training: { epochs: 40 } }],
    ['another schedule', { training: { epochs: 12 }, pruning: { schedule: 'hard' } }],
    ['one that prunes nothing', { training: { epochs: 12 }, pruning: { rate: 0 } }],
    ['one that settles', { training: { epochs: 12 }, pruning: { settleEpochs: 1 } }],
    ['a sweep over settling', { training: { epochs: 12 }, sweep: { 'pruning.settleEpochs': [0, 4] } }],
  ])('%s is no matter', (_, config) => {
    expect(hintsOf(config)).toEqual([]);
  });
});

describe('a rate that leaves one filter of a layer', () => {
  test('is told where it is written, without a proposal', () => {
    const text = '{ "pruning": { "layers": { "stem.*": { "rate": 0.99 } } } }';
    expect(hintsOf(text)).toMatchObject([{ line: 1, column: 48, endColumn: 52, fix: null, edits: [] }]);
    expect(hintsOf(text)[0]!.message).toMatch(/^One filter is left in stem\.conv: /);
    const [hint] = hintsOf('{ "pruning": { "rate": 0.95 } }');
    expect(hint).toMatchObject({ column: 24, fix: null });
    expect(hint!.message).toMatch(/^One filter is left in stem\.conv, .*stage1/);
  });

  test('is told at the point that asks for it', () => {
    const text = '{"sweep":{"pruning.criterion":["l1"],"points":[{"pruning.rate":0.95}]}}';
    expect(hintsOf(text)).toMatchObject([{ path: ['sweep', 'points', 0, 'pruning.rate'] }]);
  });

  test('is told once for a sweep over rates', () => {
    expect(hintsOf({ sweep: { 'pruning.rate': [0.3, 0.95, 0.99] } })).toHaveLength(1);
  });

  test.each([
    ['two are left', { pruning: { rate: 0.9 } }],
    ['a target asks for it', { pruning: { rate: 0.95, target: { flops: 0.5 } } }],
    ['times would have to be measured', { pruning: { rate: 0.95, roundTo: 'machine' } }],
  ])('is no matter where %s', (_, config) => {
    expect(hintsOf(config)).toEqual([]);
  });
});

test('a config with mistakes gets no hints', () => {
  expect(hintsOf({ training: { epochs: 12 }, pruning: { rate: 2 } })).toEqual([]);
});

test('hints are found for the largest sweep with the longest schedule', () => {
  const learningRateSchedule = Array.from({ length: 1000 }, (_, epoch) => ({ epoch, learningRate: 0.1 }));
  const weights = Array.from({ length: 1000 }, (_, index) => `start${index}.safetensors`);
  const [hint] = hintsOf({ training: { learningRateSchedule }, sweep: { 'training.initialWeights': weights } });
  expect(hint!.message).toContain('learning rates up to 0.1');
});

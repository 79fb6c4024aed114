import { describe, expect, test } from 'vitest';
import { readExperiment } from '../../../src/experiment/read';

/** `line:column`, the text that the place covers, and the message. */
function problemsOf(text: string): string[] {
  return readExperiment(text, 'net').problems.map(({ line, column, endColumn, message }) => {
    const covered = text.split('\n')[line - 1]!.slice(column - 1, endColumn - 1);
    return `${line}:${column} ${covered} -> ${message}`;
  });
}

describe('settings that do not go together', () => {
  test.each([
    [
      '{"training":{"learningRateSchedule":[{"epoch":3,"learningRate":1},{"epoch":3,"learningRate":1}]}}',
      '1:76 3 -> training.learningRateSchedule[1].epoch is 3; it must be above 3, the epoch before it in the list.',
    ],
    [
      '{"pruning":{"layers":{"stage4.*":{"rate":0}}}}',
      '1:23 "stage4.*" -> "stage4.*" matches no layer of resnet20; layers are named as in "stage3.block3.conv2".',
    ],
    [
      '{"data":{"limit":100}}',
      '1:18 100 -> data.limit is 100; it must be at least 128, the images of one batch (training.batchSize).',
    ],
    [
      '{"data":{"limit":100},"sweep":{"training.batchSize":[64,128]}}',
      '1:18 100 -> data.limit is 100; it must be at least 128, the images of one batch (training.batchSize). So it is in the run net-batchSize128.',
    ],
    [
      '{"data":{"shuffle":false,"validation":500}}',
      '1:39 500 -> data.validation is 500; with data.shuffle off no images are held out: leave it out, or make it 0.',
    ],
    [
      '{"data":{"shuffle":false},"sweep":{"data.validation":[0,500]}}',
      '1:57 500 -> data.validation is 500; with data.shuffle off no images are held out: leave it out, or make it 0.',
    ],
    [
      '{"sweep":{"data.limit":[64,128]}}',
      '1:25 64 -> data.limit is 64; it must be at least 128, the images of one batch (training.batchSize). So it is in the run net-limit64.',
    ],
    [
      '{"sweep":{"training.batchSize":[64,128,256],"points":[{"data.limit":80,"training.batchSize":96}],"repeats":2}}',
      '1:69 80 -> data.limit is 80; it must be at least 96, the images of one batch (training.batchSize). So it is in 2 of 8 runs, as in net-batchSize96-limit80-seed1.',
    ],
    [
      '{"sweep":{"data.limit":{"from":64,"to":192,"count":3}}}',
      '1:32 64 -> data.limit is 64; it must be at least 128, the images of one batch (training.batchSize). So it is in the run net-limit64.',
    ],
    [
      '{"pruning":{"target":{"flops":0.5,"latency":0.6}}}',
      '1:45 0.6 -> pruning.target has both flops and latency; only one of flops, parameters and latency can be met: leave the others out.',
    ],
    [
      '{"pruning":{"target":{"flops":0.5}},"sweep":{"pruning.target.parameters":[null,0.5]}}',
      '1:80 0.5 -> pruning.target has both flops and parameters; only one of flops, parameters and latency can be met: leave the others out. So it is in the run net-parameters0.5.',
    ],
    [
      '{"pruning":{"target":{"flops":0.001}}}',
      '1:31 0.001 -> pruning.target.flops is 0.001, but the least that pruning can leave of the FLOPs is 0.016: one filter stays in every layer. Set it to at least that.',
    ],
    [
      '{"training":{"epochs":3},"pruning":{"settleEpochs":4}}',
      '1:52 4 -> pruning.settleEpochs is 4; it must be at most 3, all epochs (training.epochs).',
    ],
    [
      '{"pruning":{"pruneAfterEpochs":2}}',
      '1:32 2 -> pruning.pruneAfterEpochs is 2; only the schedule "one-shot" takes it, and pruning.schedule is "soft": leave it out.',
    ],
  ])('%s', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  test('images in their own order hold none out, without a word where the validation part is the default', () => {
    for (const text of ['{"data":{"shuffle":false}}', '{"data":{"shuffle":false,"validation":0}}']) {
      const { experiment } = readExperiment(text, 'net');
      expect(experiment?.runs.map(({ config }) => config.data)).toMatchObject([{ shuffle: false, validation: 0 }]);
    }
  });

  test('a sweep may try one-shot beside schedules that do not take its epochs', () => {
    const text = '{"pruning":{"pruneAfterEpochs":2},"sweep":{"pruning.schedule":["soft","one-shot"]}}';
    expect(problemsOf(text)).toEqual([]);
  });

  test('a target of measured time is not judged without times', () => {
    expect(problemsOf('{"pruning":{"target":{"latency":0.001}}}')).toEqual([]);
  });

  test('a layer pattern may match in one network of a sweep only', () => {
    const text = '{"pruning":{"layers":{"*.block9.*":{"rate":0}}},"sweep":{"model.arch":["resnet20","resnet56"]}}';
    expect(problemsOf(text)).toEqual([]);
  });
});

test('too many runs are refused', () => {
  const seeds = JSON.stringify(Array.from({ length: 40 }, (_, seed) => seed));
  const [problem] = readExperiment(
    `{"sweep":{"training.seed":${seeds},"training.epochs":${seeds.replace('0,', '')}}}`,
    'net',
  ).problems;
  expect(problem?.message).toBe('The sweep makes 1560 runs; it must make at most 1000.');
});

describe('a sweep over targets', () => {
  test('has each of them told that cannot be reached', () => {
    const text = '{"sweep":{"pruning.target.flops":[0.5,0.001,0.9,0.002]}}';
    expect(problemsOf(text).map((problem) => problem.slice(0, 60))).toEqual([
      '1:39 0.001 -> pruning.target.flops is 0.001, but the least t',
      '1:49 0.002 -> pruning.target.flops is 0.002, but the least t',
    ]);
  });

  test('of hundreds that can be reached is right', () => {
    const targets = Array.from({ length: 900 }, (_, index) => 0.1 + index / 1001);
    const text = `{"model":{"arch":"resnet110"},"sweep":{"pruning.target.flops":${JSON.stringify(targets)}}}`;
    expect(problemsOf(text)).toEqual([]);
  });
});

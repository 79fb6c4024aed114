import { readFile } from 'node:fs/promises';
import { parse } from 'jsonc-parser';
import { withLayerRates } from '../../../src/config/layerRates';
import { readExperiment } from '../../../src/experiment/read';
import { withMeasuredRates } from '../../../src/experiment/suggestedRates';
import { runSchedule } from '../../../src/experiment/runSchedule';
import { mutatedBytes, mutatedJson, pick } from '../mutations';
import { target, type FuzzTarget } from '../target';

const full = {
  name: 'net',
  model: { arch: 'resnet20' },
  data: { dataset: 'cifar10', validation: 5000, limit: 1000 },
  training: {
    epochs: 20,
    seed: 3,
    batchSize: 128,
    learningRateSchedule: [
      { epoch: 0, learningRate: 0.1 },
      { epoch: 10, learningRate: 0.01 },
    ],
    optimizer: { learningRate: 0.1, momentum: 0.9 },
  },
  pruning: {
    criterion: 'l2',
    rate: 0.3,
    schedule: 'soft',
    everyEpochs: 1,
    settleEpochs: 2,
    layers: { 'stage1.*': { rate: 0.5 }, 'stage2.block1.conv1': { rate: 0 } },
  },
  engine: { name: 'auto', device: 'cpu' },
  sweep: { 'pruning.criterion': ['l1', 'l2'], 'pruning.rate': [0.1, 0.2] },
};

const comments = ['// one line\n', '/* part */', '\uFEFF', ',', '"', '}', '{'];

/** A config as the editor reads it while somebody types, and as the command line reads it from a stranger. */
export const configTargets: readonly FuzzTarget[] = [
  target<Uint8Array>('config', async () => {
    const example = await readFile('examples/resnet20-l1-l2.sfp.json', 'utf8');
    const samples = [full, parse(example) as unknown];
    return {
      make: (random) => {
        if (random.below(3) === 0) return mutatedBytes(Buffer.from(example), random);
        const text = mutatedJson(pick(random, samples), random);
        if (random.below(4) > 0) return text;
        const at = random.below(text.length + 1);
        return Buffer.concat([text.subarray(0, at), Buffer.from(pick(random, comments)), text.subarray(at)]);
      },
      read: (bytes) => {
        const text = new TextDecoder().decode(bytes);
        const { experiment, problems } = readExperiment(text, 'fallback');
        if (problems.some(({ message, line, column }) => message === '' || line < 1 || column < 1))
          throw new Error('A problem without words or place.');
        if (experiment === null) return;
        for (const { config } of experiment.runs) runSchedule(config);
        withLayerRates(text, { 'stage1.block1.conv1': { rate: 0.4 } });
        withMeasuredRates(text, [{ layers: ['stage1.block1.conv1'], groups: 16, rate: 0.4 }], 'independent');
      },
    };
  }),
];

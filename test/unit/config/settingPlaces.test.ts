import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse';
import { placeOfValue, writtenPlaces } from '../../../src/config/settingPlaces';

const text = JSON.stringify({
  pruning: { rate: 0.3 },
  sweep: {
    'pruning.rate': { from: 0.1, to: 0.5, count: 3 },
    'training.epochs': [4, 8],
    points: [{ 'pruning.rate': 0.9 }, { 'training.batchSize': 64 }],
  },
});
const parsed = parseConfig(text);
if (parsed.config === null) throw new Error('The config of this test has a mistake.');
const { config, document } = parsed;

test.each([
  ['training.epochs', 8, ['sweep', 'training.epochs', 1]],
  ['pruning.rate', 0.1, ['sweep', 'pruning.rate', 'from']],
  ['pruning.rate', 0.3, ['sweep', 'pruning.rate']],
  ['pruning.rate', 0.5, ['sweep', 'pruning.rate', 'to']],
  ['pruning.rate', 0.9, ['sweep', 'points', 0, 'pruning.rate']],
  ['training.batchSize', 64, ['sweep', 'points', 1, 'training.batchSize']],
  ['training.batchSize', 128, ['training', 'batchSize']],
])('%s has the value %s at its place', (setting, value, place) => {
  expect(placeOfValue(config, setting, value)).toEqual(place);
});

test('all places of a setting are found', () => {
  expect(writtenPlaces(document, 'pruning.rate')).toEqual([
    ['pruning', 'rate'],
    ['sweep', 'pruning.rate', 'from'],
    ['sweep', 'pruning.rate', 'to'],
    ['sweep', 'points', 0, 'pruning.rate'],
  ]);
  expect(writtenPlaces(document, 'data.limit')).toEqual([]);
});

import { expect, test } from 'vitest';
import { prunableLayers } from '../../../src/network/prunableLayers';
import { buildNetwork } from '../../../src/network/zoo';
import { criteriaAgreement } from '../../../src/pruning/criteriaAgreement';
import { layerScores } from '../../../src/pruning/layerScores';
import { rankCorrelation } from '../../../src/pruning/rankCorrelation';
import { lifelikeTensors } from '../../fixtures/compactNetwork';

const graph = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
const layers = prunableLayers(graph);

test('every two criteria that a checkpoint decides are compared, once', () => {
  const pairs = criteriaAgreement(layers, lifelikeTensors(graph), 0.3).map(({ a, b }) => `${a} ${b}`);
  expect(pairs).toEqual(['l1 l2', 'l1 fpgm', 'l1 bn-scale', 'l2 fpgm', 'l2 bn-scale', 'fpgm bn-scale']);
});

test('a criterion whose scores training recorded is compared with them', () => {
  const tensors = lifelikeTensors(graph);
  const ofL2 = layers.map((layer): [string, Float64Array] => [
    layer.name,
    layerScores(layer, tensors, { criterion: 'l2', seed: 0, epoch: -1 }, null),
  ]);
  const recorded = { criterion: 'taylor', scores: new Map(ofL2) } as const;
  const pairs = criteriaAgreement(layers, tensors, 0.3, recorded).filter(({ b }) => b === 'taylor');
  expect(pairs.map(({ a }) => a)).toEqual(['l1', 'l2', 'fpgm', 'bn-scale']);
  for (const { rankCorrelation: same } of pairs[1]!.layers) expect(same).toBeCloseTo(1, 12);
  expect(pairs[0]!.layers.some(({ rankCorrelation: other }) => other! < 1)).toBe(true);
});

test('without batch norm its criterion is left out', () => {
  const bare = layers.map((layer, index) => (index === 3 ? { ...layer, batchNorm: null } : layer));
  const pairs = criteriaAgreement(bare, lifelikeTensors(graph), 0.3).map(({ a, b }) => `${a} ${b}`);
  expect(pairs).toEqual(['l1 l2', 'l1 fpgm', 'l2 fpgm']);
});

test('filters that are pruned already make no criteria agree', () => {
  const tensors = lifelikeTensors(graph);
  const layer = layers[4]!;
  const { data } = tensors.get(layer.weight)!;
  const size = data.length / layer.filters;
  const gone = [0, 5, 6];
  for (const filter of gone) data.fill(0, filter * size, (filter + 1) * size);
  const [, , pair] = criteriaAgreement(layers, tensors, 0.3);
  const left = (criterion: 'l1' | 'bn-scale') =>
    layerScores(layer, tensors, { criterion, seed: 0, epoch: -1 }, null).filter((_, filter) => !gone.includes(filter));
  const [one, other] = [left('l1'), left('bn-scale')];
  // Of 13 filters that are left, 3 are the 30 %.
  expect(pair!.layers[4]).toMatchObject({ name: layer.name, filters: 13, pruned: 3 });
  expect(pair!.layers[4]!.rankCorrelation).toBeCloseTo(rankCorrelation(one, other)!, 12);
});

test('a layer of which nothing is left is not compared', () => {
  const tensors = lifelikeTensors(graph);
  tensors.get(layers[2]!.weight)!.data.fill(0);
  const [pair] = criteriaAgreement(layers, tensors, 0.3);
  expect(pair!.layers.map(({ name }) => name)).toEqual(
    layers.map(({ name }) => name).filter((_, index) => index !== 2),
  );
});

import { expect, it } from 'vitest';
import { buildNetwork } from '../../../../src/network/zoo';
import { prunableLayers } from '../../../../src/network/prunableLayers';
import { layerMatcher } from '../../../../src/pruning/allocation/rates';
import { namePatterns } from '../../../../src/pruning/allocation/namePatterns';

it('what several names have in common up to a dot is a pattern', () => {
  expect(namePatterns(['conv1', 'a.0.conv1', 'a.0.conv2', 'a.1.conv1', 'b.0'])).toEqual([
    { pattern: 'a.*', layers: 3 },
    { pattern: 'a.0.*', layers: 2 },
  ]);
});

it('of patterns for the same layers the longest is there, and none for all layers or for one', () => {
  expect(namePatterns(['net.a.0.x', 'net.a.0.y', 'net.b.0'])).toEqual([{ pattern: 'net.a.0.*', layers: 2 }]);
  expect(namePatterns(['net.a', 'net.b'])).toEqual([]);
  expect(namePatterns([])).toEqual([]);
});

it('each pattern of a ResNet chooses as many layers as it says', () => {
  const graph = buildNetwork('resnet20', { height: 32, width: 32, channels: 3 }, 10);
  const names = prunableLayers(graph).map(({ name }) => name);
  const patterns = namePatterns(names);
  expect(patterns.map(({ pattern }) => pattern)).toContain('stage3.*');
  for (const { pattern, layers } of patterns) expect(names.filter(layerMatcher(pattern))).toHaveLength(layers);
});

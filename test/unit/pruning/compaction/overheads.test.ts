import { expect, test } from 'vitest';
import { overheadInWords } from '../../../../src/pruning/compaction/overheads';

test('overheads in words', () => {
  expect(
    [
      overheadInWords({ kind: 'filters', layer: 'stage1.block1.conv1', count: 1, reason: 'border' }),
      overheadInWords({ kind: 'filters', layer: 'stem.conv', count: 2, reason: 'output' }),
      overheadInWords({ kind: 'filters', layer: 'stem.conv', count: 1, reason: 'last' }),
      overheadInWords({ kind: 'filters', layer: 'stem.conv', count: 3, reason: 'whole' }),
      overheadInWords({ kind: 'scatter', layer: 'sum.scatter1', sum: 'sum', from: 12, to: 16 }),
    ].join('\n'),
  ).toBe(
    [
      'border correction: 1 more filter in stage1.block1.conv1',
      "part of the network's output: 2 more filters in stem.conv",
      'a layer needs a filter: 1 more filter in stem.conv',
      'a layer with groups needs all channels: 3 more filters in stem.conv',
      'gather at a shortcut: 12 channels spread over 16 before sum',
    ].join('\n'),
  );
});

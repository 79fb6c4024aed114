import { expect, test } from 'vitest';
import { lostReasons } from '../../../src/analysis/lostReasons';
import { conv, globalAveragePool, input, linear } from '../../../src/network/layers';

const graph = {
  name: 'net',
  layers: [
    input('input', { channels: 3, height: 8, width: 8 }),
    conv('a', 'input', 10),
    conv('b', 'a', 18),
    conv('c', 'b', 16),
    conv('d', 'c', 16),
    globalAveragePool('pool', 'd'),
    linear('classifier', 'pool', 2),
  ],
};
const layer = (name: string, theoretical: number, built: number) => ({
  name,
  filters: { dense: 32, theoretical: 1, built: 1 },
  multiplyAdds: { dense: 500, theoretical, built },
});
const layers = [layer('a', 90, 100), layer('b', 180, 200), layer('c', 60, 60), layer('d', 30, 30)];
const cost = {
  layers,
  multiplyAdds: { dense: 2000, theoretical: 360, built: 390 },
  parameters: { dense: 1, theoretical: 1, built: 1 },
};
const overheads = [
  { kind: 'filters', layer: 'a', count: 1, reason: 'border' },
  { kind: 'scatter', layer: 'b.scatter', sum: 'b.add', from: 3, to: 5 },
] as const;

test('what was added and what fills blocks up has its share, what leaves blocks and gathers are not counted', () => {
  const close = (value: number): number => expect.closeTo(value, 10) as number;
  expect(lostReasons({ graph, overheads }, cost, 16)).toEqual([
    { kind: 'added', text: 'border correction: 1 more filter in a', share: close(10 / 2000) },
    { kind: 'added', text: 'b reads channels that were added', share: close(20 / 2000) },
    { kind: 'filled', text: 'a: 10 filters run as 16, in blocks of 16', share: close((100 * 0.6) / 2000) },
    { kind: 'filled', text: 'b: 18 filters run as 32, in blocks of 16', share: close((200 * (32 / 18 - 1)) / 2000) },
    {
      kind: 'outsideBlocks',
      text: 'c has 18 input channels, no multiple of 4: onnxruntime computes it outside its blocks, which takes longer',
      share: null,
    },
    { kind: 'gather', text: 'gather at a shortcut: 3 channels spread over 5 before b.add', share: null },
  ]);
});

test('nothing is lost to blocks where the processor has none', () => {
  expect(lostReasons({ graph, overheads: [] }, { ...cost, layers: [] }, 1)).toEqual([]);
});
